/** RC4 in plain TypeScript: what the compiled one is compared with. A running key stream. */
export class PlainRc4 {
  readonly #state = new Uint8Array(256);
  #i = 0;
  #j = 0;

  /** `key`: 1 to 256 bytes. */
  constructor(key: Uint8Array) {
    const state = this.#state;
    for (let i = 0; i < 256; i++) state[i] = i;
    for (let i = 0, j = 0; i < 256; i++) {
      const swapped = state[i] as number;
      j = (j + swapped + (key[i % key.length] as number)) & 255;
      state[i] = state[j] as number;
      state[j] = swapped;
    }
  }

  /** Encrypts or decrypts `data` in place with the next bytes of the key stream, and returns it. */
  apply(data: Uint8Array): Uint8Array {
    const state = this.#state;
    let i = this.#i;
    let j = this.#j;
    for (let n = 0; n < data.length; n++) {
      i = (i + 1) & 255;
      const a = state[i] as number;
      j = (j + a) & 255;
      const b = state[j] as number;
      state[i] = b;
      state[j] = a;
      data[n] = (data[n] as number) ^ (state[(a + b) & 255] as number);
    }
    this.#i = i;
    this.#j = j;
    return data;
  }
}
