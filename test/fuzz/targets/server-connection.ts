import { panEndpoint } from "../../../src/print-server/endpoints.js";
import type { Client } from "../../../src/print-server/model/client.js";
import { DEFAULT_LIMITS, PanModel } from "../../../src/print-server/model/model.js";
import { ServerConnection } from "../../../src/rpc/server/connection.js";
import type { Endpoint } from "../../../src/rpc/server/endpoint.js";
import type { SecurityStep } from "../../../src/security/context.js";
import { corpus } from "../engine/corpus.js";
import { must, type FuzzTarget } from "../engine/target.js";
import { CredulousContext } from "./credulous.js";
import { chunksOf } from "./script-link.js";

/** The server's side of a logon that believes whatever the client says, in two legs. */
class CredulousAcceptor extends CredulousContext {
  #legs = 0;

  override step(): Promise<SecurityStep> {
    return Promise.resolve({ token: new Uint8Array(16), done: ++this.#legs === 2 });
  }
}

function endpoint(onBug: (error: unknown) => void): Endpoint<Client> {
  const emit = (): void => undefined;
  const model = new PanModel({ printers: null, admins: ["alice"], ...DEFAULT_LIMITS, emit });
  const real = panEndpoint({ options: { users: [] }, model, override: () => null, emit, onBug })(1);
  return { ...real, security: () => new CredulousAcceptor() };
}

/** The embedded server's end of a connection: whatever a client says, it is answered or left, and nothing is a bug. */
export const serverConnection: FuzzTarget = {
  name: "server-connection",
  seeds: corpus("from-client"),
  async run(input) {
    const bugs: unknown[] = [];
    let closed = 0;
    let deliver: (chunk: Uint8Array) => void = () => undefined;
    let end: () => void = () => undefined;
    const link = {
      queued: 0,
      peer: "fuzz:1",
      start: (handlers: { data: (chunk: Uint8Array) => void; closed: (error: null) => void }) => {
        deliver = (chunk) => handlers.data(chunk);
        end = () => handlers.closed(null);
      },
      send: () => undefined,
      close: () => undefined,
      destroy: () => undefined,
    };
    new ServerConnection(
      link,
      endpoint((error) => bugs.push(error)),
      () => (closed += 1),
    );
    for (const chunk of chunksOf(input)) deliver(chunk);
    // It waits for the legs of the logon before it goes on.
    await new Promise(setImmediate);
    end();
    for (const bug of bugs) throw bug;
    must(closed === 1, "a connection ends once");
  },
};
