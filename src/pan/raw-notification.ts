import { TooLargeError } from "../errors.js";
import type { Guid } from "../bytes/guid.js";
import type { TransferSyntax } from "../ndr/syntax.js";

/** A notification as it came: its type and its bytes, not decoded, and the HRESULT beside it, 0 or an informational one. */
export interface RawNotification {
  readonly type: Guid;
  readonly data: Uint8Array;
  readonly result: number;
}

/** Bytes of an answer beside the notification: handle, pointers, GUID, sizes, padding and HRESULT, rounded up. */
export const STUB_OVERHEAD = 128;

/** Where `pOutSize` stands in the answers that carry a notification, in bytes. */
const SIZE_OFFSETS = {
  getNotification: { ndr: 20, ndr64: 24 },
  getNotificationSendResponse: { ndr: 40, ndr64: 48 },
} as const;

/** Throws a TooLargeError for a notification over the limit. */
export function checkSize(data: Uint8Array, limit: number): void {
  if (data.length > limit) throw tooLarge(data.length, limit, data.subarray(0, 64));
}

/**
 * Turns the error of a dropped answer into one that names the notification's own size, which its head announces; where
 * the head does not fit what arrived, the size of the whole answer stands.
 */
export function notificationTooLarge(
  error: TooLargeError,
  limit: number,
  method: keyof typeof SIZE_OFFSETS,
  syntax: TransferSyntax,
): TooLargeError {
  const { head } = error;
  const offset = SIZE_OFFSETS[method][syntax];
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const announced = head.length >= offset + 4 ? view.getUint32(offset, true) : 0;
  const plausible = announced <= error.size && announced + STUB_OVERHEAD >= error.size;
  return tooLarge(plausible ? announced : error.size, limit, head);
}

function tooLarge(size: number, limit: number, head: Uint8Array): TooLargeError {
  const text = `a notification of ${size} bytes was dropped: it is larger than the limit of ${limit} bytes`;
  return new TooLargeError(size, limit, head, text);
}
