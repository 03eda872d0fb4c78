import type { Guid } from "../bytes/guid.js";

/** An RPC interface: what a presentation context and an endpoint map entry name. */
export interface RpcInterface {
  readonly name: string;
  readonly uuid: Guid;
  readonly major: number;
  readonly minor: number;
  /** The object UUID that every request carries ([MS-PAR] 3.1.4); left out where requests name no object. */
  readonly object?: Guid;
}
