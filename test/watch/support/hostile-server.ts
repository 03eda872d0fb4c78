import { encodeResponse, type Method, type OutOf } from "../../../src/ndr/method.js";
import { NULL_HANDLE } from "../../../src/ndr/types.js";
import * as idl from "../../../src/pan/idl.js";
import { PduFramer } from "../../../src/rpc/framing.js";
import type { Link } from "../../../src/rpc/link.js";
import { encodeBindAck, type ContextResult } from "../../../src/rpc/pdu/bind-ack.js";
import type { AlterContextPdu, BindPdu } from "../../../src/rpc/pdu/bind.js";
import { decodePdu } from "../../../src/rpc/pdu/pdu.js";
import { requestStubOffset } from "../../../src/rpc/pdu/request.js";
import { PFC, WHOLE } from "../../../src/rpc/pdu/types.js";
import {
  buildFragment,
  faultHead,
  openFragment,
  responseHead,
  type FragmentSecurity,
} from "../../../src/rpc/secure-fragments.js";
import { transferSyntaxId } from "../../../src/rpc/syntaxes.js";
import { NtlmAcceptor } from "../../../src/security/ntlm/acceptor.js";
import { SpnegoAcceptor } from "../../../src/security/spnego/acceptor.js";
import { listenTcp, type Listener } from "../../../src/transport/listen.js";

const NDR = transferSyntaxId("ndr");
const NOTHING = new Uint8Array(0);
const LEVEL = "packet";
/** Bytes of a fragment that clients take. */
const ROOM = 5000;

/** A call that the server may do anything with. */
export interface HostileCall {
  readonly name: string;
  answer<M extends Method>(method: M, values: OutOf<M>): void;
  /** Any bytes as stub, in as many fragments as they need. */
  answerRaw(stub: Uint8Array): void;
  /** One fragment of a response, with these flags. */
  fragment(stub: Uint8Array, flags: number): void;
  fault(status: number): void;
  /** Bytes on the wire, as they are. */
  raw(bytes: Uint8Array): void;
}

/** What the server does with calls, by the method's name without that of its interface; the rest is answered as usual. */
export type Script = Readonly<Record<string, (call: HostileCall, nth: number) => void>>;

const METHODS = [
  idl.create,
  idl.deleteObject,
  idl.registerClient,
  idl.unregisterClient,
  idl.getNewChannel,
  idl.getNotification,
  idl.getNotificationSendResponse,
  idl.closeChannel,
];
const HANDLE = { attributes: 0, uuid: "13121110-1514-1716-1819-1a1b1c1d1e1f" };

/** What a well-behaved server without notifications says; calls that wait are left waiting. */
const USUAL: Script = {
  Create: (call) => call.answer(idl.create, { ppRemoteObj: HANDLE, result: 0 }),
  Delete: (call) => call.answer(idl.deleteObject, { ppRemoteObj: NULL_HANDLE }),
  RegisterClient: (call) => call.answer(idl.registerClient, { ppRmtServerReferral: null, result: 0 }),
  UnregisterClient: (call) => call.answer(idl.unregisterClient, { result: 0 }),
  CloseChannel: (call) => call.answer(idl.closeChannel, { pChannel: NULL_HANDLE, result: 0 }),
};

/** A server that logs clients on as it should, and then says whatever it is told to. NDR only, users alice with password x. */
export class HostileServer implements AsyncDisposable {
  readonly #listener: Listener;
  readonly calls: Map<string, number>;

  private constructor(listener: Listener, calls: Map<string, number>) {
    this.#listener = listener;
    this.calls = calls;
  }

  static async start(script: Script): Promise<HostileServer> {
    const calls = new Map<string, number>();
    const dispatch = (call: HostileCall): void => {
      const nth = (calls.get(call.name) ?? 0) + 1;
      calls.set(call.name, nth);
      (script[call.name] ?? USUAL[call.name])?.(call, nth);
    };
    const onLink = (link: Link): void => void new HostileConnection(link, dispatch);
    return new HostileServer(await listenTcp({ host: "127.0.0.1", port: 0, onLink }), calls);
  }

  get port(): number {
    return this.#listener.port;
  }

  /** How often a method was called. */
  count(name: string): number {
    return this.calls.get(name) ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#listener.close();
  }
}

class HostileConnection {
  readonly #link: Link;
  readonly #dispatch: (call: HostileCall) => void;
  readonly #framer = new PduFramer();
  readonly #interfaces = new Map<number, string>();
  readonly #acceptor: SpnegoAcceptor;
  #security: FragmentSecurity | null = null;
  #work: Promise<void> = Promise.resolve();

  constructor(link: Link, dispatch: (call: HostileCall) => void) {
    this.#link = link;
    this.#dispatch = dispatch;
    const users = [{ name: "alice", secret: { kind: "password", password: "x" } as const }];
    this.#acceptor = new SpnegoAcceptor({ mechanisms: [new NtlmAcceptor({ users, computer: "H", domain: "H" })] });
    const take = (bytes: Uint8Array): void => void (this.#work = this.#work.then(() => this.#take(bytes)));
    link.start({
      data: (chunk) => [...this.#framer.push(chunk)].forEach(take),
      closed: () => undefined,
    });
  }

  async #take(bytes: Uint8Array): Promise<void> {
    const pdu = decodePdu(bytes);
    if (pdu.type === "bind" || pdu.type === "alter_context") return this.#logOn(pdu);
    if (pdu.type !== "request" || this.#security === null) return;
    openFragment(bytes, requestStubOffset(null), pdu.auth, this.#security);
    const isAboutObjects = this.#interfaces.get(pdu.contextId) === idl.IRPCRemoteObject.uuid;
    const about = METHODS.filter((method) => method.name.startsWith("IRPCRemoteObject") === isAboutObjects);
    const name = about.find(({ opnum }) => opnum === pdu.opnum)?.name ?? "";
    this.#dispatch(this.#call(name.slice(name.indexOf("_") + 1), pdu.callId, pdu.contextId));
  }

  async #logOn(pdu: BindPdu | AlterContextPdu): Promise<void> {
    const step = pdu.auth === null ? null : await this.#acceptor.step(pdu.auth.token);
    const results = pdu.contexts.map((context): ContextResult => {
      const [syntax] = context.transferSyntaxes;
      const isNdr = syntax?.uuid === NDR.uuid;
      if (isNdr) this.#interfaces.set(context.id, context.abstractSyntax.uuid);
      return { result: isNdr ? 0 : 3, reason: 0, transferSyntax: isNdr ? NDR : { ...NDR, major: 0 } };
    });
    const auth = pdu.auth && { ...pdu.auth, padLength: 0, token: step?.token ?? NOTHING };
    const flags = WHOLE | PFC.CONC_MPX | PFC.SUPPORT_HEADER_SIGN;
    const common = { callId: pdu.callId, auth, maxXmit: 5840, maxRecv: 5840, assocGroup: 1, results };
    const type = pdu.type === "bind" ? "bind_ack" : "alter_context_resp";
    this.#link.send(encodeBindAck({ type, flags, ...common, secondaryAddress: "" }));
    if (step?.done !== true || pdu.auth === null) return;
    const protection = this.#acceptor.protect({ level: LEVEL, headerSigning: true });
    this.#security = { authType: 9, level: LEVEL, contextId: pdu.auth.contextId, protection };
  }

  #call(name: string, callId: number, contextId: number): HostileCall {
    const { fault, ...sends } = this.#sends(callId, contextId);
    return {
      name,
      answer: (method, values) => sends.answerRaw(encodeResponse(method, "ndr", values)),
      fault,
      ...sends,
    };
  }

  #sends(callId: number, contextId: number): Omit<HostileCall, "name" | "answer"> {
    const fragment = (stub: Uint8Array, flags: number): void => {
      const head = responseHead(flags, callId, { allocHint: stub.length, contextId, cancelCount: 0 });
      this.#link.send(buildFragment(head, stub, NOTHING, this.#security));
    };
    return {
      fragment,
      answerRaw: (stub) => {
        for (let at = 0; at === 0 || at < stub.length; at += ROOM) {
          const first = at === 0 ? PFC.FIRST_FRAG : 0;
          fragment(stub.subarray(at, at + ROOM), first | (at + ROOM >= stub.length ? PFC.LAST_FRAG : 0));
        }
      },
      fault: (status) => {
        const head = faultHead(WHOLE, callId, { allocHint: 0, contextId, cancelCount: 0, status });
        this.#link.send(buildFragment(head, NOTHING, NOTHING, null));
      },
      raw: (bytes) => this.#link.send(bytes),
    };
  }
}
