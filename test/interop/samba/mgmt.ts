import { method } from "../../../src/ndr/method.js";
import { u32 } from "../../../src/ndr/types.js";
import type { Association } from "../../../src/rpc/association.js";
import type { RpcInterface } from "../../../src/rpc/interface.js";

/** C706 appendix Q: an interface that Samba has at each of its ports. */
export const MGMT: RpcInterface = { name: "mgmt", uuid: "afa8bd80-7d8a-11c9-bef4-08002b102989", major: 1, minor: 0 };

/** rpc__mgmt_is_server_listening; the return value is a boolean32. */
const isServerListening = method("rpc__mgmt_is_server_listening", 2, { in: {}, out: { status: u32, result: u32 } });

/** Asks whether the server listens, which it says of itself. */
export async function callMgmt(association: Association): Promise<void> {
  const { status, result } = await association.call(MGMT, isServerListening, {});
  if (status !== 0 || result !== 1) throw new Error(`rpc__mgmt_is_server_listening answered ${result}, ${status}`);
}
