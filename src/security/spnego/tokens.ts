import { DerReader, TAGS, contextTag, der, derOid } from "../der.js";

/** The two tokens of SPNEGO ([RFC 4178] 4.2, [MS-SPNG] 2.2.1). */

const SPNEGO_OID = "1.3.6.1.5.5.2";

export const NEG_STATES = { acceptCompleted: 0, acceptIncomplete: 1, reject: 2, requestMic: 3 } as const;
export type NegState = keyof typeof NEG_STATES;

/** The initiator's first token. */
export interface NegTokenInit {
  readonly mechTypes: readonly string[];
  /** The DER of the MechTypeList exactly as it was sent, without the [0] tag: what a mechListMIC covers. */
  readonly mechTypesDer: Uint8Array;
  /** The optimistic token of the first mechanism. */
  readonly mechToken: Uint8Array | null;
}

/** Every later token, of both sides; null is what was not there. */
export interface NegTokenResp {
  readonly negState: NegState | null;
  readonly supportedMech: string | null;
  readonly responseToken: Uint8Array | null;
  readonly mechListMic: Uint8Array | null;
}

export function encodeMechTypes(mechTypes: readonly string[]): Uint8Array {
  return der(TAGS.sequence, ...mechTypes.map(derOid));
}

export function encodeNegTokenInit(mechTypesDer: Uint8Array, mechToken: Uint8Array | null): Uint8Array {
  const fields = [der(contextTag(0), mechTypesDer), ...octetField(2, mechToken)];
  const negTokenInit = der(contextTag(0), der(TAGS.sequence, ...fields));
  return der(TAGS.application0, derOid(SPNEGO_OID), negTokenInit);
}

export function encodeNegTokenResp(token: Partial<NegTokenResp>): Uint8Array {
  const { negState = null, supportedMech = null, responseToken = null, mechListMic = null } = token;
  const fields = [
    ...(negState === null ? [] : [der(contextTag(0), der(TAGS.enumerated, Uint8Array.of(NEG_STATES[negState])))]),
    ...(supportedMech === null ? [] : [der(contextTag(1), derOid(supportedMech))]),
    ...octetField(2, responseToken),
    ...octetField(3, mechListMic),
  ];
  return der(contextTag(1), der(TAGS.sequence, ...fields));
}

function octetField(number: number, value: Uint8Array | null): Uint8Array[] {
  return value === null ? [] : [der(contextTag(number), der(TAGS.octetString, value))];
}

/**
 * Decodes NegTokenInit and NegTokenInit2. reqFlags, negHints and a mechListMIC this early mean nothing ([MS-SPNG]
 * 3.1.5.3, 3.2.5) and are skipped. Throws a DecodeError.
 */
export function decodeNegTokenInit(token: Uint8Array): NegTokenInit {
  const whole = new DerReader(token, "NegTokenInit");
  const frame = whole.enter(TAGS.application0, "frame");
  whole.endOrZeros("token");
  const mechanism = frame.oid("thisMech");
  if (mechanism !== SPNEGO_OID) throw frame.fail("thisMech", `is ${mechanism}, not SPNEGO`);
  const choice = frame.enter(contextTag(0), "negTokenInit");
  frame.end("frame");

  let mechTypes: string[] = [];
  let mechTypesDer: Uint8Array | null = null;
  let mechToken: Uint8Array | null = null;
  for (const [number, field] of fieldsOf(choice)) {
    if (number === 0) {
      mechTypesDer = field.whole("mechTypes");
      mechTypes = readMechTypes(field.enter(TAGS.sequence, "mechTypes"));
    } else if (number === 2) {
      mechToken = field.octets("mechToken");
    } else {
      field.skip(`field [${number}]`);
    }
    field.end(`field [${number}]`);
  }
  if (mechTypesDer === null || mechTypes.length === 0) throw choice.fail("mechTypes", "names no mechanism");
  return { mechTypes, mechTypesDer, mechToken };
}

/** Decodes a NegTokenResp; an empty octet string is as good as none. Throws a DecodeError. */
export function decodeNegTokenResp(token: Uint8Array): NegTokenResp {
  const whole = new DerReader(token, "NegTokenResp");
  const choice = whole.enter(contextTag(1), "negTokenResp");
  whole.endOrZeros("token");

  let negState: NegState | null = null;
  let supportedMech: string | null = null;
  let responseToken: Uint8Array | null = null;
  let mechListMic: Uint8Array | null = null;
  for (const [number, field] of fieldsOf(choice)) {
    if (number === 0) negState = readNegState(field);
    else if (number === 1) supportedMech = field.oid("supportedMech");
    else if (number === 2) responseToken = emptyIsNull(field.octets("responseToken"));
    else if (number === 3) mechListMic = emptyIsNull(field.octets("mechListMIC"));
    else field.skip(`field [${number}]`);
    field.end(`field [${number}]`);
  }
  return { negState, supportedMech, responseToken, mechListMic };
}

/** The optional fields `[0]`, `[1]`, … of the one SEQUENCE in `choice`, in their order; each at most once. */
function* fieldsOf(choice: DerReader): Generator<[number, DerReader]> {
  const sequence = choice.enter(TAGS.sequence, "fields");
  choice.end("fields");
  let next = contextTag(0);
  for (let tag = sequence.peek(); tag !== null; tag = sequence.peek()) {
    if (tag < next || tag > contextTag(30)) throw sequence.fail("fields", `tag 0x${tag.toString(16)} is out of place`);
    next = tag + 1;
    const number = tag - contextTag(0);
    yield [number, sequence.enter(tag, `field [${number}]`)];
  }
}

function readMechTypes(list: DerReader): string[] {
  const mechTypes: string[] = [];
  while (list.peek() !== null) mechTypes.push(list.oid("mechTypes"));
  return mechTypes;
}

function readNegState(field: DerReader): NegState {
  const value = field.enumerated("negState");
  const known = Object.entries(NEG_STATES).find(([, number]) => number === value);
  if (known === undefined) throw field.fail("negState", `${value} is none that there is`);
  return known[0] as NegState;
}

function emptyIsNull(bytes: Uint8Array): Uint8Array | null {
  return bytes.length === 0 ? null : bytes;
}
