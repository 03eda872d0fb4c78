import type { Guid } from "../../bytes/guid.js";
import { HRESULTS } from "../../pan/hresults.js";
import { NOTIFICATION_RELEASE } from "../../pan/types.js";
import type { Answer } from "../../rpc/server/answer.js";
import type { BidirectionalRegistration, NewChannelResults } from "./bidirectional.js";
import type { NotificationResults, UnidirectionalRegistration } from "./unidirectional.js";

export type Registration = UnidirectionalRegistration | BidirectionalRegistration;

/** Figures 5 and 6 of [MS-PAN]: created, registered, unregistered, and registered again as often as the client likes. */
type RemoteObjectState =
  | { readonly kind: "created" }
  | { readonly kind: "registered"; readonly registration: Registration }
  | { readonly kind: "unregistered" };

/** What a client's PRPCREMOTEOBJECT stands for ([MS-PAN] 2.2.4). */
export class RemoteObject {
  readonly handle: Guid;
  #state: RemoteObjectState = { kind: "created" };

  constructor(handle: Guid) {
    this.handle = handle;
  }

  /** The registration; null when there is none. */
  get registration(): Registration | null {
    return this.#state.kind === "registered" ? this.#state.registration : null;
  }

  register(registration: Registration): void {
    this.#state = { kind: "registered", registration };
  }

  /** [MS-PAN] 3.1.1.4.2: the parked call fails at once, later ones fail too. */
  unregister(): number {
    switch (this.#state.kind) {
      case "created":
        return HRESULTS.NOT_REGISTERED;
      case "unregistered":
        return HRESULTS.ALREADY_UNREGISTERED;
      case "registered":
        this.#state.registration.terminate();
        this.#state = { kind: "unregistered" };
        return HRESULTS.S_OK;
    }
  }

  /** [MS-PAN] 3.1.2.4.2 and 3.1.1.4.5: a parked GetNotification returns NOTIFICATION_RELEASE. */
  delete(): void {
    const { registration } = this;
    if (registration?.style === "uni") registration.release({ type: NOTIFICATION_RELEASE, data: new Uint8Array(0) });
    registration?.terminate();
    this.#state = { kind: "unregistered" };
  }

  getNotification(answer: Answer<NotificationResults>): void {
    const { registration } = this;
    if (registration?.style === "uni") registration.getNotification(answer);
    else answer.give({ result: this.#wrongState(), notification: null });
  }

  getNewChannel(answer: Answer<NewChannelResults>): void {
    const { registration } = this;
    if (registration?.style === "bidi") registration.getNewChannel(answer);
    else answer.give({ result: this.#wrongState(), channels: [] });
  }

  /** Why there is nothing to get here; registered means registered in the other style. */
  #wrongState(): number {
    switch (this.#state.kind) {
      case "created":
        return HRESULTS.NOT_REGISTERED;
      case "unregistered":
        return HRESULTS.RPC_S_CALL_CANCELLED;
      case "registered":
        return HRESULTS.E_INVALIDARG;
    }
  }
}
