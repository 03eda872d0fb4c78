import { Answer, type Outcome } from "../../../src/rpc/server/answer.js";
import type { ChannelEnd, SendResponseResults } from "../../../src/print-server/model/channel.js";
import { Client } from "../../../src/print-server/model/client.js";
import type { ClientEvent } from "../../../src/print-server/model/events.js";
import { DEFAULT_LIMITS, type ModelOptions, PanModel } from "../../../src/print-server/model/model.js";
import type { RegistrationRequest } from "../../../src/print-server/model/registration-parameters.js";
import { ASYNC_UI, BIDIRECTIONAL, PER_USER, UNIDIRECTIONAL } from "../../../src/pan/types.js";

/** A call to the model whose outcome can be looked at: null while it is parked. */
export interface PendingCall<Results> {
  readonly answer: Answer<Results>;
  readonly outcome: () => Outcome<Results> | null;
  /** The results of an answered call; throws for a fault or a call that is parked. */
  readonly results: () => Results;
}

export function call<Results>(make: (answer: Answer<Results>) => void): PendingCall<Results> {
  let outcome: Outcome<Results> | null = null;
  const answer = new Answer<Results>((given) => {
    outcome = given;
  });
  make(answer);
  const results = (): Results => {
    if (outcome?.kind !== "results") throw new Error(`no results but ${JSON.stringify(outcome)}`);
    return outcome.results;
  };
  return { answer, outcome: () => outcome, results };
}

export const PER_USER_UNI: RegistrationRequest = {
  pName: null,
  notificationType: ASYNC_UI,
  notifyFilter: PER_USER,
  conversationStyle: UNIDIRECTIONAL,
};
export const PER_USER_BIDI: RegistrationRequest = { ...PER_USER_UNI, conversationStyle: BIDIRECTIONAL };

export const EVERYBODY = { type: ASYNC_UI, printer: null, user: null };

/** A model with everything that happened in it, and clients to call it. */
export class Bench {
  readonly model: PanModel;
  readonly events: ClientEvent[] = [];
  #clients = 0;

  constructor(options: Partial<ModelOptions> = {}) {
    const emit = (event: ClientEvent): void => void this.events.push(event);
    this.model = new PanModel({ ...DEFAULT_LIMITS, printers: null, admins: [], emit, ...options });
  }

  client(user: string | null = "DOM\\alice"): TestClient {
    const client = new Client(this.model, ++this.#clients);
    client.user = user;
    return new TestClient(client);
  }

  types(): string[] {
    return this.events.map(({ type }) => type);
  }
}

export class TestClient {
  readonly client: Client;

  constructor(client: Client) {
    this.client = client;
  }

  create(): string {
    const { handle } = call((answer: Parameters<Client["create"]>[0]) => this.client.create(answer)).results();
    if (handle === null) throw new Error("no handle");
    return handle;
  }

  register(handle: string, request: RegistrationRequest): number {
    return call<number>((answer) => this.client.register(handle, request, answer)).results();
  }

  /** Creates and registers; the handle. */
  registered(request: RegistrationRequest): string {
    const handle = this.create();
    const result = this.register(handle, request);
    if (result !== 0) throw new Error(`RegisterClient returned ${result}`);
    return handle;
  }

  unregister(handle: string): number {
    return call<number>((answer) => this.client.unregister(handle, answer)).results();
  }

  getNotification(handle: string): PendingCall<Parameters<Parameters<Client["getNotification"]>[1]["give"]>[0]> {
    return call((answer) => this.client.getNotification(handle, answer));
  }

  getNewChannel(handle: string): PendingCall<{ result: number; channels: readonly ChannelEnd[] }> {
    return call((answer) => this.client.getNewChannel(handle, answer));
  }

  sendResponse(handle: string, type: string | null = null, data = ""): PendingCall<SendResponseResults> {
    return call((answer) => this.client.sendResponse(handle, { type, data: Buffer.from(data) }, answer));
  }

  closeChannel(handle: string, type: string, data: string | Uint8Array = ""): number {
    return call<number>((answer) =>
      this.client.closeChannel(handle, { type, data: typeof data === "string" ? Buffer.from(data) : data }, answer),
    ).results();
  }

  /** Registers for channels and takes those that are open. */
  channel(): string {
    const { channels } = this.getNewChannel(this.registered(PER_USER_BIDI)).results();
    const handle = channels[0]?.handle;
    if (handle === undefined) throw new Error("no channel");
    return handle;
  }
}

export function text(data: Uint8Array | undefined): string | undefined {
  return data === undefined ? undefined : Buffer.from(data).toString();
}
