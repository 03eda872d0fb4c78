/** About what V8 holds for an object, and for each of its fields or elements. */
const OBJECT_BYTES = 48;
const FIELD_BYTES = 8;

/** About how many bytes of memory a decoded value holds: a view holds the whole of its buffer. */
export function heldBytes(value: unknown): number {
  if (typeof value === "string") return OBJECT_BYTES + 2 * value.length;
  if (value instanceof Uint8Array) return OBJECT_BYTES + value.buffer.byteLength;
  if (typeof value !== "object" || value === null) return 0;
  let sum = OBJECT_BYTES;
  for (const part of Object.values(value)) sum += FIELD_BYTES + heldBytes(part);
  return sum;
}
