import { randomBytes } from "node:crypto";
import { encodeUtf16 } from "../../bytes/utf16.js";
import { ByteWriter } from "../../bytes/writer.js";
import { AuthenticationError, IntegrityError, ProtocolError } from "../../errors.js";
import type { MessageProtection, ProtectionOptions, SecurityStep } from "../context.js";
import type { Secret } from "../identity.js";
import { MECHANISM_OIDS, type Mechanism } from "../mechanism.js";
import { formatAccount } from "../account.js";
import { ntHash } from "./account.js";
import { type Authenticate, decodeAuthenticate, takeMic } from "./authenticate.js";
import { AV_FLAG_MIC, AV_IDS, type AvPair, avFlags, avText, findAvPair } from "./av-pairs.js";
import { encodeChallenge } from "./challenge.js";
import { hmacMd5, sameBytes } from "../crypto/digests.js";
import { NTLM_FLAGS, type NtlmFlag, SUPPORTED_FLAGS, has, intersect } from "./flags.js";
import { decodeNegotiate } from "./negotiate.js";
import { Rc4 } from "../crypto/rc4.js";
import { type ClientChallenge, decodeNtResponse, ntowfV2, verifyNtResponse } from "./response.js";
import { NtlmSession } from "./session.js";
import { filetimeNow, hoursBetween } from "./time.js";

/** An account that may log on. */
export interface NtlmUser {
  /** Without a domain; compared without regard to case. */
  readonly name: string;
  readonly secret: Secret;
}

export interface NtlmAcceptorOptions {
  /** Who may log on, from whatever domain the client names. */
  readonly users: readonly NtlmUser[];
  /** NetBIOS names for the CHALLENGE. */
  readonly computer: string;
  readonly domain: string;
  /** Whether the MsvAvTargetName of the client is one of ours; null when it sends none. By default any is. */
  readonly acceptsTarget?: (targetName: string | null) => boolean;
  /** False for a CHALLENGE without MsvAvTimestamp, as servers before Windows Vista send it. */
  readonly timestamp?: boolean;
}

/** What a client must offer ([MS-NLMP] 3.2.5.1.1: strong enough for our policy). Sealing only privacy level needs. */
const REQUIRED_FLAGS: readonly NtlmFlag[] = ["unicode", "sign", "extendedSessionSecurity", "key128"];

/** NTLMv1 responses have 24 bytes, NTLMv2 more ([MS-NLMP] 3.2.5.1.2). */
const NTLMV1_RESPONSE_SIZE = 24;

/** MaxLifetime of a challenge/response pair, in hours ([MS-NLMP] 3.1.1.1). */
const MAX_LIFETIME = 36;

interface Challenged {
  readonly kind: "challenged";
  readonly negotiate: Uint8Array;
  readonly challenge: Uint8Array;
  readonly serverChallenge: Uint8Array;
  readonly targetInfo: readonly AvPair[];
  readonly flags: number;
}

type State =
  | { readonly kind: "start" }
  | Challenged
  /** A challenge is good for one response only, or it could be tried on many passwords. */
  | { readonly kind: "spent" }
  | { readonly kind: "done"; readonly session: NtlmSession; readonly user: string; readonly micReceived: boolean };

/** The server's side of an NTLMv2 logon: a CHALLENGE, then the check of the AUTHENTICATE message ([MS-NLMP] 3.2.5.1). */
export class NtlmAcceptor implements Mechanism {
  readonly name = "NTLM";
  readonly oids = [MECHANISM_OIDS.ntlm];
  readonly #options: NtlmAcceptorOptions;
  #state: State = { kind: "start" };

  constructor(options: NtlmAcceptorOptions) {
    this.#options = options;
  }

  get sendsMic(): boolean {
    return this.#done().micReceived;
  }

  get expectsMic(): boolean {
    return this.sendsMic;
  }

  get user(): string {
    return this.#done().user;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- a Mechanism's step may wait, this one need not
  async step(token: Uint8Array | null): Promise<SecurityStep> {
    const state = this.#state;
    if (token === null || state.kind === "done" || state.kind === "spent")
      throw new ProtocolError("the NTLM logon has no place for this step");
    if (state.kind === "start") return { token: this.#challenge(token), done: false };
    this.#authenticate(state, token);
    return { token: null, done: true };
  }

  getMic(data: Uint8Array): Uint8Array {
    return this.#done().session.getMic(data);
  }

  verifyMic(data: Uint8Array, mic: Uint8Array): void {
    this.#done().session.verifyMic(data, mic);
  }

  protect(options: ProtectionOptions): MessageProtection {
    return this.#done().session.protect(options);
  }

  /** [MS-NLMP] 3.2.5.1.1 */
  #challenge(token: Uint8Array): Uint8Array {
    const offered = decodeNegotiate(token).flags;
    refuseWeak(offered);
    const flags = (intersect(offered, SUPPORTED_FLAGS) | CHALLENGE_FLAGS) >>> 0;
    const serverChallenge = randomBytes(8);
    const { computer, domain, timestamp = true } = this.#options;
    const targetInfo: AvPair[] = [
      { id: AV_IDS.nbDomainName, value: encodeUtf16(domain) },
      { id: AV_IDS.nbComputerName, value: encodeUtf16(computer) },
      { id: AV_IDS.dnsDomainName, value: encodeUtf16(domain.toLowerCase()) },
      { id: AV_IDS.dnsComputerName, value: encodeUtf16(computer.toLowerCase()) },
    ];
    if (timestamp) targetInfo.push({ id: AV_IDS.timestamp, value: new ByteWriter(8).u64(filetimeNow()).finish() });
    const challenge = encodeChallenge({ flags, serverChallenge, targetName: computer, targetInfo });
    this.#state = {
      kind: "challenged",
      negotiate: new Uint8Array(token),
      challenge,
      serverChallenge,
      targetInfo,
      flags,
    };
    return challenge;
  }

  /** [MS-NLMP] 3.2.5.1.2 */
  #authenticate(state: Challenged, token: Uint8Array): void {
    this.#state = { kind: "spent" };
    const message = decodeAuthenticate(token);
    const flags = intersect(state.flags, message.flags);
    refuseWeak(flags);
    refuseOldResponse(message);
    const client = decodeNtResponse(message.ntResponse);
    const { sessionBaseKey, account } = this.#verifyResponse(state, message);
    const exportedKey = exportedSessionKey(flags, sessionBaseKey, message.encryptedSessionKey);
    const micReceived = (avFlags(client.avPairs) & AV_FLAG_MIC) !== 0;
    if (micReceived) verifyNtlmMic(exportedKey, state, token);
    refuseChangedPairs(state.targetInfo, client.avPairs);
    this.#refuseClient(client);
    this.#state = {
      kind: "done",
      session: new NtlmSession(flags, exportedKey, "server"),
      user: formatAccount({ user: account.name, domain: message.domain }),
      micReceived,
    };
  }

  /** Finds the account and checks the response; an unknown user is told nothing else than a wrong password. */
  #verifyResponse(
    { serverChallenge }: Challenged,
    { user, domain, ntResponse }: Authenticate,
  ): { sessionBaseKey: Uint8Array; account: NtlmUser } {
    const wanted = withoutRealm(user).toLowerCase();
    const account = this.#options.users.find(({ name }) => name.toLowerCase() === wanted);
    const hash = account === undefined ? randomBytes(16) : ntHash(account.secret);
    // Some clients compute their response without the domain ([MS-NLMP] 3.2.5.1.2).
    for (const domainOfKey of [domain, ""]) {
      const sessionBaseKey = verifyNtResponse(ntowfV2(hash, user, domainOfKey), serverChallenge, ntResponse);
      if (sessionBaseKey !== null && account !== undefined) return { sessionBaseKey, account };
    }
    throw new AuthenticationError(`the logon of ${quote(user, domain)} failed: unknown user or wrong password`);
  }

  /**
   * What a client that knows its password may still not do. Channel bindings are of any value, as for Windows: a connection of RPC
   * lies in no other channel that they could be compared with.
   */
  #refuseClient({ time, avPairs }: ClientChallenge): void {
    const hours = hoursBetween(time, filetimeNow());
    if (hours > MAX_LIFETIME)
      throw new AuthenticationError(`the NTLM response is ${Math.round(hours)} hours away from this server's time`);
    const targetName = avText(avPairs, AV_IDS.targetName);
    if (this.#options.acceptsTarget?.(targetName) === false)
      throw new AuthenticationError(
        `the NTLM response is meant for ${targetName === null ? "no particular service" : quote(targetName)}, not for this server`,
      );
  }

  #done(): State & { kind: "done" } {
    if (this.#state.kind !== "done") throw new Error("the NTLM logon has not come to its end");
    return this.#state;
  }
}

/** What our CHALLENGE says beyond the client's own flags. */
const CHALLENGE_FLAGS =
  NTLM_FLAGS.requestTarget |
  NTLM_FLAGS.ntlm |
  NTLM_FLAGS.alwaysSign |
  NTLM_FLAGS.targetInfo |
  NTLM_FLAGS.targetTypeServer;

function refuseWeak(flags: number): void {
  const missing = REQUIRED_FLAGS.filter((flag) => !has(flags, flag));
  if (missing.length > 0)
    throw new AuthenticationError(`the client's NTLM is too weak, it lacks ${missing.join(", ")}`);
}

function refuseOldResponse({ user, domain, ntResponse }: Authenticate): void {
  if (user === "" && ntResponse.length === 0) throw new AuthenticationError("an anonymous NTLM logon was refused");
  if (ntResponse.length <= NTLMV1_RESPONSE_SIZE)
    throw new AuthenticationError(`the logon of ${quote(user, domain)} was refused: it has no NTLMv2 response`);
}

/** ExportedSessionKey: the client's random key where keys are exchanged. */
function exportedSessionKey(flags: number, sessionBaseKey: Uint8Array, encrypted: Uint8Array): Uint8Array {
  if (!has(flags, "keyExchange")) return sessionBaseKey;
  if (encrypted.length !== 16)
    throw new ProtocolError(`the EncryptedRandomSessionKey of the client has ${encrypted.length} bytes, must have 16`);
  return new Rc4(sessionBaseKey).apply(new Uint8Array(encrypted));
}

/**
 * The client returns the pairs of the CHALLENGE under its proof. Without this check somebody on the way could take out the
 * timestamp, and the client would leave out its MIC.
 */
function refuseChangedPairs(sent: readonly AvPair[], returned: readonly AvPair[]): void {
  for (const { id, value } of sent) {
    const back = findAvPair(returned, id);
    if (back === null || !sameBytes(back, value))
      throw new IntegrityError(`the NTLM response does not return AvId ${id} of the challenge as it was sent`);
  }
}

function verifyNtlmMic(exportedKey: Uint8Array, { negotiate, challenge }: Challenged, token: Uint8Array): void {
  const { mic, unsigned } = takeMic(token);
  if (!sameBytes(mic, hmacMd5(exportedKey, negotiate, challenge, unsigned)))
    throw new IntegrityError("the MIC of the NTLM exchange does not verify: its messages were changed on the way");
}

/** The name of a UPN (`name@dns.domain`), and any other name as it is. */
function withoutRealm(user: string): string {
  return user.split("@", 1)[0] ?? "";
}

/** Names that a client made up, for an error: of bounded length and without control characters. */
function quote(user: string, domain = ""): string {
  return formatAccount({ user, domain }).slice(0, 80).replace(/\p{C}/gu, "?");
}
