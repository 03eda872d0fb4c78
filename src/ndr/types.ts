import { GUID_SIZE, NIL_GUID, type Guid } from "../bytes/guid.js";
import { decodeUtf16, encodeUtf16 } from "../bytes/utf16.js";
import { sizeFrom, type FixedNdrType, type NdrType } from "./type.js";

/** `unsigned long`: 0 to 2^32 − 1. */
export const u32: NdrType<number> = {
  write(to, value, field) {
    if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff)
      throw new RangeError(`${field}: ${value} is no unsigned 32-bit number`);
    to.u32(value);
  },
  read: (from, field) => from.u32(field),
};

/** `[v1_enum] enum`: 4 bytes ([MS-RPCE] 2.2.4.6). Values outside the enumeration survive. */
export const v1Enum: NdrType<number> = u32;

/** `HRESULT`, as an unsigned number: `0x80070005`. */
export const hresult: NdrType<number> = u32;

/** `GUID` ([MS-DTYP] 2.3.4.2), 16 bytes. */
export const guid: NdrType<Guid> = {
  write: (to, value) => to.guid(value),
  read: (from, field) => from.guid(field),
};

/** A context handle: what the server calls one of its objects. Clients give it back as they got it. */
export interface ContextHandle {
  readonly attributes: number;
  readonly uuid: Guid;
}

/** What the server sets a handle to when its object is gone. */
export const NULL_HANDLE: ContextHandle = { attributes: 0, uuid: NIL_GUID };

export function isNullHandle(handle: ContextHandle): boolean {
  return handle.attributes === 0 && handle.uuid === NIL_GUID;
}

/** `[context_handle] void*`: attributes and UUID, 20 bytes at a multiple of 4 in both transfer syntaxes. */
export const contextHandle: FixedNdrType<ContextHandle> = {
  size: 4 + GUID_SIZE,
  write(to, value) {
    to.u32(value.attributes);
    to.guid(value.uuid);
  },
  read: (from, field) => ({ attributes: from.u32(`${field}.attributes`), uuid: from.guid(`${field}.uuid`) }),
};

/**
 * A unique pointer as a parameter, and what `[out] T**` looks like: an id, followed at once by its referent unless it is
 * null. A null array whose size is not 0 is refused ([MS-RPCE] 3.1.1.5.3.3.1.2); an empty array that is there is not.
 */
export function unique<T>(type: NdrType<T>): NdrType<T | null> {
  return {
    write(to, value, field, params) {
      to.referent(value !== null);
      if (value !== null) type.write(to, value, field, params);
      else if (type.sizeIs !== undefined && sizeFrom(params, type.sizeIs) !== 0)
        throw new RangeError(`${field} is null, but ${type.sizeIs} is not 0`);
    },
    read(from, field, params) {
      if (from.hasReferent(field)) return type.read(from, field, params);
      const size = type.sizeIs === undefined ? 0 : sizeFrom(params, type.sizeIs);
      if (size !== 0) throw from.fail(field, `is a null pointer, but ${type.sizeIs} is ${size}`);
      return null;
    },
  };
}

/**
 * `[string] wchar_t`: a conformant varying string of UTF-16LE with its terminating NUL (C706 14.3.4). The value is the
 * text without that NUL; a NUL inside is refused, because the two sides would not see the same text.
 */
export const wideString: NdrType<string> = {
  write(to, value, field) {
    if (value.includes("\0")) throw new TypeError(`${field} holds a NUL character`);
    const length = value.length + 1;
    to.count(length);
    to.count(0);
    to.count(length);
    to.bytes(encodeUtf16(`${value}\0`));
  },
  read(from, field) {
    const max = from.count(`${field}.max_count`);
    const offset = from.count(`${field}.offset`);
    if (offset !== 0) throw from.fail(`${field}.offset`, `is ${offset}, not 0`);
    const actual = from.count(`${field}.actual_count`);
    if (actual > max) throw from.fail(`${field}.actual_count`, `is ${actual}, more than the maximum of ${max}`);
    if (actual === 0) throw from.fail(`${field}.actual_count`, "is 0, but a string has at least its terminating NUL");
    const text = decodeUtf16(from.bytes(2 * actual, field));
    const end = text.indexOf("\0");
    if (end === -1) throw from.fail(field, "has no terminating NUL");
    if (end !== actual - 1) throw from.fail(field, `has a NUL at character ${end} of ${actual}, before its end`);
    return text.slice(0, end);
  },
};
