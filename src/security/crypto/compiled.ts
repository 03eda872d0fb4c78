import { RC4_MD5 } from "./rc4-md5.wasm.js";

/** The little of WebAssembly that is needed here: TypeScript's library has its types for browsers only. */
declare const WebAssembly: {
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
};

/** What assembly/rc4-md5.ts exports; the numbers are addresses in its memory. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly CAPACITY: { readonly value: number };
  readonly STATE: { readonly value: number };
  readonly KEY: { readonly value: number };
  readonly DIGEST: { readonly value: number };
  readonly DATA: { readonly value: number };
  rc4Schedule(length: number): void;
  rc4Apply(start: number, length: number): void;
  md5Begin(): void;
  md5Resume(): void;
  md5Take(): void;
  md5Update(start: number, length: number): void;
  md5AndRc4(start: number, cipherStart: number, length: number): void;
  md5End(start: number, length: number, total: number): void;
}

/** Bytes of an RC4 state. */
export const RC4_STATE_SIZE = 258;
const MD5_SIZE = 16;

/** RC4 and MD5 in WebAssembly. One memory serves all: whoever calls a function puts in what it works on. */
export class Compiled {
  static #only: Compiled | null = null;
  readonly run: Exports;
  /** Bytes that fit into `data`. */
  readonly capacity: number;
  readonly state: Uint8Array;
  readonly digest: Uint8Array;
  readonly data: Uint8Array;
  readonly #key: Uint8Array;

  /** Compiled on first use. */
  static get(): Compiled {
    return (this.#only ??= new Compiled());
  }

  private constructor() {
    const code = new WebAssembly.Module(Buffer.from(RC4_MD5, "base64"));
    this.run = new WebAssembly.Instance(code).exports as Exports;
    const { memory, CAPACITY, STATE, KEY, DIGEST, DATA } = this.run;
    this.capacity = CAPACITY.value;
    this.state = new Uint8Array(memory.buffer, STATE.value, RC4_STATE_SIZE);
    this.digest = new Uint8Array(memory.buffer, DIGEST.value, MD5_SIZE);
    this.data = new Uint8Array(memory.buffer, DATA.value, CAPACITY.value);
    this.#key = new Uint8Array(memory.buffer, KEY.value, 256);
  }

  /** Makes the RC4 state of a key of 1 to 256 bytes. */
  schedule(key: Uint8Array): void {
    this.#key.set(key);
    this.run.rc4Schedule(key.length);
  }
}
