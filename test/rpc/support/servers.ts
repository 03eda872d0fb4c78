import { expect } from "vitest";
import { PanwatchError } from "../../../src/errors.js";
import { method } from "../../../src/ndr/method.js";
import { u32 } from "../../../src/ndr/types.js";
import { Association, type AssociationOptions } from "../../../src/rpc/association.js";
import type { Link } from "../../../src/rpc/link.js";
import { ECHO } from "./binding.js";
import { ScriptedServer, type ScriptOptions } from "./scripted-server.js";
import { ToySecurity } from "./toy-security.js";

export const echo = method("Echo", 7, { in: { value: u32 }, out: { value: u32 }, waits: true });
/** The same, of which an answer is expected at once. */
export const promptEcho = method("Echo", 7, { in: { value: u32 }, out: { value: u32 } });

/** A server for each connection that is dialled. */
export class Servers {
  readonly connections: ScriptedServer[] = [];
  readonly securities: ToySecurity[] = [];
  readonly #script: ScriptOptions;
  /** What the next dialling waits for. */
  hold: Promise<unknown> = Promise.resolve();

  constructor(script: ScriptOptions = {}) {
    this.#script = script;
  }

  open(options: Partial<AssociationOptions> = {}): Promise<Association> {
    return Association.open({
      dial: () => this.dial(),
      security: () => {
        const security = new ToySecurity();
        this.securities.push(security);
        return Promise.resolve(security);
      },
      level: "privacy",
      iface: ECHO,
      transferSyntaxes: ["ndr64", "ndr"],
      deadline: () => new AbortController().signal,
      ...options,
    });
  }

  async dial(): Promise<Link> {
    await this.hold;
    const server = new ScriptedServer(this.#script);
    this.connections.push(server);
    return server.link;
  }

  connection(index: number): ScriptedServer {
    const server = this.connections[index];
    if (server === undefined) throw new Error(`connection ${index} was not dialled`);
    return server;
  }

  /** Waits until connection `index` has sent `count` requests. */
  async requested(index: number, count: number) {
    while (this.connections.length <= index) await Promise.resolve();
    return this.connection(index).requested(count);
  }
}

/** Answers each request with its own stub. */
export const answering: ScriptOptions = { onRequest: (request, server) => server.respond(request, request.stub) };
/** Shares no connection among calls. */
export const exclusive: ScriptOptions = { multiplex: false };

/** The PanwatchError that a promise is rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<PanwatchError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(PanwatchError);
  return error as PanwatchError;
}
