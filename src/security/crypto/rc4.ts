import { Compiled, RC4_STATE_SIZE } from "./compiled.js";

/** RC4, which OpenSSL 3 no longer offers by default: a running key stream, one for each direction. */
export class Rc4 {
  readonly #state = new Uint8Array(RC4_STATE_SIZE);

  /** `key`: 1 to 256 bytes. */
  constructor(key: Uint8Array) {
    this.restart(key);
  }

  /** Begins the key stream of another key. */
  restart(key: Uint8Array): void {
    const compiled = Compiled.get();
    compiled.schedule(key);
    this.#state.set(compiled.state);
  }

  /** Encrypts or decrypts `data` in place with the next bytes of the key stream, and returns it. */
  apply(data: Uint8Array): Uint8Array {
    this.whileLoaded(({ run, data: room, capacity }) => {
      for (let offset = 0; offset < data.length; offset += capacity) {
        // No view of what fits: it would take the bytes of a small array out of V8's heap.
        const part = data.length <= capacity ? data : data.subarray(offset, offset + capacity);
        room.set(part);
        run.rc4Apply(0, part.length);
        part.set(room.subarray(0, part.length));
      }
    });
    return data;
  }

  /** Lets `work` go on with this key stream in the memory of the compiled code. */
  whileLoaded<T>(work: (compiled: Compiled) => T): T {
    const compiled = Compiled.get();
    compiled.state.set(this.#state);
    const result = work(compiled);
    this.#state.set(compiled.state);
    return result;
  }
}
