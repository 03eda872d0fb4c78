import { DecodeError, PanwatchError } from "../../../src/errors.js";
import type { TransferSyntax } from "../../../src/ndr/syntax.js";
import { NULL_HANDLE } from "../../../src/ndr/types.js";
import * as idl from "../../../src/pan/idl.js";
import { Association } from "../../../src/rpc/association.js";
import { PduFramer } from "../../../src/rpc/framing.js";
import { decodePdu, type Pdu } from "../../../src/rpc/pdu/pdu.js";
import { PFC } from "../../../src/rpc/pdu/types.js";
import { transferSyntaxId } from "../../../src/rpc/syntaxes.js";
import { AUTH_LEVELS, type AuthLevel } from "../../../src/security/context.js";
import { corpus } from "../engine/corpus.js";
import { join } from "../engine/mutations.js";
import { must, orRefuse, orRefuseLater, type FuzzTarget } from "../engine/target.js";
import { CredulousContext } from "./credulous.js";
import { ScriptLink } from "./script-link.js";

const LARGEST_STUB = 16 * 1024;
/** The bind and one alter_context; calls have the call_ids behind them. */
const HANDSHAKE_ANSWERS = 2;
const LARGE = 1024 * 1024;
const MOST_CALLS = 24;

/** A recorded session with the same PDU of it very many times: 1 MiB of valid fragments. */
function sessionWithMany(session: Uint8Array, type: Pdu["type"]): Uint8Array {
  const framed = [...new PduFramer().push(session)];
  const repeated = framed.find((bytes) => decodePdu(bytes).type === type) ?? new Uint8Array(16);
  // Neither first nor last: it goes on and on.
  const [first, middle] = [PFC.FIRST_FRAG, 0].map((flags) => Uint8Array.from(repeated).fill(flags, 3, 4));
  const times = Math.ceil(LARGE / repeated.length);
  const rest = [first, ...Array.from({ length: times }, () => middle)].map((bytes) => bytes ?? repeated);
  return join(...framed.slice(0, HANDSHAKE_ANSWERS), ...rest);
}

const seeds = corpus("from-server");

/** The client's end of a connection, whose server says what it was given: nothing may be left waiting, nothing is a bug. */
export const connection: FuzzTarget = {
  name: "connection",
  seeds,
  large: seeds.filter(({ length }) => length > 6000).map((session) => sessionWithMany(session, "response")),
  async run(input) {
    const pdus = pdusOf(input.slice());
    const association = await orRefuseLater(() => open(input, pdus), PanwatchError);
    if (association === null) return;
    const results = await Promise.allSettled(callEverything(association, pdus));
    for (const result of results) if (result.status === "rejected") mustBeOurs(result.reason);
    mustBeOurs((await association.closed) ?? new PanwatchError("disconnected", "closed"));
  },
};

/** The PDUs of the input, as far as they can be read: they tell what client the server would talk to. */
function pdusOf(input: Uint8Array): Pdu[] {
  const pdus: Pdu[] = [];
  orRefuse(() => {
    for (const bytes of new PduFramer().push(input)) pdus.push(decodePdu(bytes));
  }, DecodeError);
  return pdus;
}

function open(input: Uint8Array, [first]: readonly Pdu[]): Promise<Association> {
  return Association.open({
    dial: () => Promise.resolve(new ScriptLink(input, HANDSHAKE_ANSWERS)),
    security: () => Promise.resolve(new CredulousContext()),
    level: levelOf(first),
    iface: idl.IRPCRemoteObject,
    transferSyntaxes: syntaxesOf(first),
    deadline: () => new AbortController().signal,
  });
}

function levelOf(first: Pdu | undefined): AuthLevel {
  const [level] = Object.entries(AUTH_LEVELS).find(([, value]) => value === first?.auth?.level) ?? [];
  return (level ?? "integrity") as AuthLevel;
}

const NDR64 = transferSyntaxId("ndr64");

/** The syntaxes that a bind_ack fits: it has one result for each interface and syntax, and one for features. */
function syntaxesOf(first: Pdu | undefined): readonly TransferSyntax[] {
  if (first?.type !== "bind_ack" || first.results.length === 5) return ["ndr64", "ndr"];
  return first.results.some(({ transferSyntax }) => transferSyntax.uuid === NDR64.uuid) ? ["ndr64"] : ["ndr"];
}

/** A call for each answer, to the interface that the answer is for. */
function callEverything(association: Association, pdus: readonly Pdu[]): Promise<unknown>[] {
  const [objectCalls, notifyCalls] = [callsOf(association, "objects"), callsOf(association, "notify")];
  const firstContext = new Map(pdus.flatMap((pdu) => (pdu.type === "response" ? [[pdu.callId, pdu.contextId]] : [])));
  return Array.from({ length: MOST_CALLS }, (_, i) => {
    const forObjects = firstContext.get(HANDSHAKE_ANSWERS + 1 + i) === 0;
    const calls = forObjects ? objectCalls : notifyCalls;
    return calls[i % calls.length]?.() ?? Promise.resolve();
  });
}

function callsOf(association: Association, which: "objects" | "notify"): readonly (() => Promise<unknown>)[] {
  const options = { maxStub: LARGEST_STUB };
  const { IRPCAsyncNotify: notify, IRPCRemoteObject: objects } = idl;
  const pRegistrationObj = NULL_HANDLE;
  const registered = { pName: null, pInNotificationType: "f6853f92-eb31-4e23-b6e7-fd69056153f0" };
  const registration = { pRegistrationObj, ...registered, NotifyFilter: 0, conversationStyle: 1 };
  const channel = { pChannel: NULL_HANDLE, pInNotificationType: null, InSize: 0, pInNotificationData: null };
  if (which === "objects")
    return [
      () => association.call(objects, idl.create, {}, options),
      () => association.call(objects, idl.deleteObject, { ppRemoteObj: NULL_HANDLE }, options),
    ];
  return [
    () => association.call(notify, idl.registerClient, registration, options),
    () => association.call(notify, idl.getNotification, { pRemoteObj: NULL_HANDLE }, options),
    () => association.call(notify, idl.getNewChannel, { pRemoteObj: NULL_HANDLE }, options),
    () => association.call(notify, idl.getNotificationSendResponse, channel, options),
    () => association.call(notify, idl.unregisterClient, { pRegistrationObj }, options),
  ];
}

function mustBeOurs(error: unknown): void {
  if (!(error instanceof PanwatchError)) throw error;
  if (error.code === "internal") throw error;
  must(error.message !== "", "an error says something");
}
