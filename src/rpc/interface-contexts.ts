import type { Guid } from "../bytes/guid.js";
import type { TransferSyntax } from "../ndr/syntax.js";
import { alterPdu, expectAnswer, type Agreement } from "./handshake.js";
import type { RpcInterface } from "./interface.js";
import type { AlterContextPdu } from "./pdu/bind.js";
import type { Pdu } from "./pdu/pdu.js";
import { agreedContext, propose, type AgreedContext } from "./presentation.js";

/** The connection as it is needed here. */
export interface AlterWire {
  readonly peer: string;
  nextCallId(): number;
  /** Sends an alter_context and gives its answer; fails when the connection ends. */
  alter(pdu: AlterContextPdu): Promise<Pdu>;
}

/**
 * The presentation contexts of a bound connection. A server accepts one new interface in a bind or alter_context ([MS-RPCE]
 * 3.3.1.5.6), so the bind has the first, and each other one is learned when a call needs it.
 */
export class InterfaceContexts {
  readonly #wire: AlterWire;
  readonly #agreement: Agreement;
  readonly #syntaxes: readonly TransferSyntax[];
  readonly #known = new Map<Guid, AgreedContext>();
  readonly #learning = new Map<Guid, Promise<void>>();
  #nextId: number;

  /** `syntaxes` in order of preference. */
  constructor(wire: AlterWire, agreement: Agreement, syntaxes: readonly TransferSyntax[]) {
    this.#wire = wire;
    this.#agreement = agreement;
    this.#syntaxes = syntaxes;
    this.#known.set(agreement.context.iface.uuid, agreement.context);
    this.#nextId = agreement.nextContextId;
  }

  /** The context of an interface; undefined while it is not agreed on. */
  get(iface: RpcInterface): AgreedContext | undefined {
    return this.#known.get(iface.uuid);
  }

  /**
   * Agrees with the server on an interface, once for all who ask meanwhile. Throws a NoInterfaceError, what `expectAnswer`
   * throws, and the error with which the connection ends.
   */
  learn(iface: RpcInterface): Promise<void> {
    const { uuid } = iface;
    const learning = this.#learning.get(uuid) ?? this.#learn(iface).finally(() => this.#learning.delete(uuid));
    this.#learning.set(uuid, learning);
    return learning;
  }

  async #learn(iface: RpcInterface): Promise<void> {
    const proposal = propose(iface, this.#syntaxes, this.#nextId);
    // A number is never used again, whatever becomes of its context.
    this.#nextId += proposal.contexts.length;
    const { assocGroup, multiplexed: multiplex } = this.#agreement;
    const group = { assocGroup, multiplex };
    const question = alterPdu(this.#wire.nextCallId(), proposal, group, null);
    const { results } = expectAnswer(await this.#wire.alter(question), question, {
      peer: this.#wire.peer,
      logon: null,
      joining: false,
    });
    this.#known.set(iface.uuid, agreedContext(proposal, results, this.#wire.peer));
  }
}
