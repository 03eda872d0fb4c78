import { ProtocolError, TooLargeError } from "../errors.js";
import { hresultError } from "../pan/invoke.js";
import { WIN32_ERRORS } from "./idl.js";

/** What one call of a method that lists INFO structures answered ([MS-RPRN] 3.1.4.1.9). */
export interface Listing {
  /** The buffer that was sent, with the structures in it. */
  readonly buffer: Uint8Array | null;
  /** pcbNeeded: bytes that the structures take. */
  readonly needed: number;
  /** pcReturned: how many structures there are. */
  readonly returned: number;
  /** A Win32 error code ([MS-ERREF] 2.2). */
  readonly result: number;
}

/** Structures in a buffer, neither of which has been looked at. */
export interface Listed {
  readonly buffer: Uint8Array;
  readonly count: number;
}

/** The largest buffer to send; a hundred thousand queues take less. */
const MAX_BUFFER = 8 * 1024 * 1024;
/** The list may grow between two calls, so the right size may be told more than once ([MS-RPRN] 3.2.4.2.2). */
const MAX_CALLS = 8;
/** FACILITY_WIN32: an HRESULT that stands for a Win32 error ([MS-ERREF] 2.1.2). */
const WIN32 = 0x8007_0000;

/**
 * Lists INFO structures: `call` sends a buffer, an empty one first, until it is as large as the server wants it. Throws a
 * HresultError with the HRESULT of the Win32 error, a ProtocolError for a server that never gets enough or gives another
 * buffer back, a TooLargeError, and what `call` throws.
 */
export async function enumerate(
  method: string,
  call: (buffer: Uint8Array | null) => Promise<Listing>,
): Promise<Listed> {
  let size = 0;
  for (let calls = 0; calls < MAX_CALLS; calls++) {
    const { buffer, needed, returned, result } = await call(size === 0 ? null : new Uint8Array(size));
    const length = buffer?.length ?? 0;
    if (length !== size) throw new ProtocolError(`${method} gave ${length} bytes back for a buffer of ${size}`);
    if (result === 0) return { buffer: buffer ?? new Uint8Array(0), count: returned };
    if (result !== WIN32_ERRORS.insufficientBuffer) throw hresultError(method, (WIN32 | result) >>> 0);
    if (needed <= size)
      throw new ProtocolError(`${method} answers that ${size} bytes are too few, and wants ${needed}`);
    if (needed > MAX_BUFFER) {
      const text = `${method} wants a buffer of ${needed} bytes, more than the ${MAX_BUFFER} that are sent`;
      throw new TooLargeError(needed, MAX_BUFFER, new Uint8Array(0), text);
    }
    size = needed;
  }
  throw new ProtocolError(`${method} wanted a larger buffer ${MAX_CALLS} times in a row`);
}
