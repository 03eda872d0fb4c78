import { ByteWriter } from "../../src/bytes/writer.js";
import { guidToBytes } from "../../src/bytes/guid.js";
import { NdrWriter } from "../../src/ndr/writer.js";
import type { TransferSyntax } from "../../src/ndr/syntax.js";
import { contextHandle, type ContextHandle } from "../../src/ndr/types.js";
import { ASYNC_UI } from "../../src/pan/types.js";

export const SYNTAXES: readonly TransferSyntax[] = ["ndr", "ndr64"];

export const HANDLE: ContextHandle = { attributes: 0, uuid: "13121110-1514-1716-1819-1a1b1c1d1e1f" };

/** Builds a stub by hand, right or wrong, without the method tables and their checks. */
export function stub(syntax: TransferSyntax, build: (to: NdrWriter) => void): Uint8Array {
  const to = new NdrWriter(syntax, 256);
  build(to);
  return to.finish();
}

export function writeHandle(to: NdrWriter): void {
  contextHandle.write(to, HANDLE, "handle", {});
}

/** A RegisterClient request whose pName has these counts and UTF-16 units. */
export function registerStub(syntax: TransferSyntax, counts: [number, number, number], text: string): Uint8Array {
  return stub(syntax, (to) => {
    writeHandle(to);
    to.referent(true);
    for (const count of counts) to.count(count);
    to.bytes(new Uint8Array(Buffer.from(text, "utf16le")));
    to.guid(ASYNC_UI);
    to.u32(0);
    to.u32(1);
  });
}

/** A GetNotification response with this pOutSize; `data` null is a NULL pointer. */
export function notificationStub(
  syntax: TransferSyntax,
  outSize: number,
  data: { maxCount: number; bytes: Uint8Array } | null,
): Uint8Array {
  return stub(syntax, (to) => {
    to.referent(true);
    to.guid(ASYNC_UI);
    to.u32(outSize);
    to.referent(data !== null);
    if (data !== null) {
      to.count(data.maxCount);
      to.bytes(data.bytes);
    }
    to.u32(0);
  });
}

/** The AsyncUI type as bytes between a pointer id and what follows, for stubs with counts no number can hold. */
export function ndr64Notification(maxCount: bigint, outSize: number): Uint8Array {
  const to = new ByteWriter();
  to.u64(1n).bytes(guidToBytes(ASYNC_UI)).u32(outSize).zeros(4).u64(1n).u64(maxCount);
  return to.finish();
}
