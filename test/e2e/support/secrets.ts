/** Bytes before what is sought, and which digits depend on it alone: the first and last depend on their neighbours. */
const BASE64_ALIGNMENTS = [
  [0, 0, 10],
  [1, 2, 12],
  [2, 3, 13],
] as const;

/** Whether eight bytes in a row of a secret stand in a text: as they are, in hexadecimal digits, or in base64. */
export function holds(text: string, secret: Uint8Array): boolean {
  const bytes = Buffer.from(secret);
  const lower = text.toLowerCase();
  const raw = Buffer.from(text);
  for (let i = 0; i + 8 <= bytes.length; i++) {
    const part = bytes.subarray(i, i + 8);
    if (raw.includes(part) || lower.includes(part.toString("hex"))) return true;
    for (const [pad, from, to] of BASE64_ALIGNMENTS) {
      const encoded = Buffer.concat([Buffer.alloc(pad), part]).toString("base64");
      if (text.includes(encoded.slice(from, to))) return true;
    }
  }
  return false;
}
