// Both ends of the bare relay.
import { Child, pin } from "./child.mjs";

/** Bytes of a request, as long as a poll is. */
export const REQUEST = 120;

export class Relay {
  server;
  client;

  /** `mode` of a client that answers requests: `take` or `echo`; whether its ends have a core each. */
  static async start(mode, pinned = true) {
    const relay = new Relay();
    relay.server = new Child("programs/relay-server.mjs", mode);
    relay.client = new Child("programs/relay-client.mjs", await relay.server.request("port"), mode);
    if (pinned) pin(relay.server.pid, "server");
    if (pinned) pin(relay.client.pid, "client");
    return relay;
  }

  end() {
    this.client.end();
    this.server.end();
  }
}
