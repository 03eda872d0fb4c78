import { method } from "../../../src/ndr/method.js";
import { contextHandle, isNullHandle, u32, unique, wideString } from "../../../src/ndr/types.js";
import type { Association } from "../../../src/rpc/association.js";
import type { RpcInterface } from "../../../src/rpc/interface.js";

/** [MS-SAMR] 2.2.1, 3.1.5.1: an interface that Samba has, unlike those of [MS-PAN]. */
export const SAMR: RpcInterface = { name: "samr", uuid: "12345778-1234-abcd-ef00-0123456789ac", major: 1, minor: 0 };

/** [MS-SAMR] 3.1.5.1.3: takes a name of any length and does not look at it. */
const connect2 = method("SamrConnect2", 57, {
  in: { ServerName: unique(wideString), DesiredAccess: u32 },
  out: { ServerHandle: contextHandle, result: u32 },
});

/** [MS-SAMR] 3.1.5.13.1 */
const closeHandle = method("SamrCloseHandle", 1, {
  in: { SamHandle: contextHandle },
  out: { SamHandle: contextHandle, result: u32 },
});

const MAXIMUM_ALLOWED = 0x0200_0000;

/** Calls samr with a name that makes a stub of at least `size` bytes, and puts the handle away that it gives. */
export async function callSamr(association: Association, size: number): Promise<void> {
  const request = { ServerName: "n".repeat(size / 2), DesiredAccess: MAXIMUM_ALLOWED };
  const { ServerHandle, result } = await association.call(SAMR, connect2, request);
  if (result !== 0 || isNullHandle(ServerHandle)) throw new Error(`SamrConnect2 answered with status ${result}`);
  const closed = await association.call(SAMR, closeHandle, { SamHandle: ServerHandle });
  if (closed.result !== 0 || !isNullHandle(closed.SamHandle)) throw new Error("SamrCloseHandle did not close");
}
