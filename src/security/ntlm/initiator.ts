import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { encodeUtf16 } from "../../bytes/utf16.js";
import { AuthenticationError, ProtocolError } from "../../errors.js";
import type { MessageProtection, ProtectionOptions, SecurityStep } from "../context.js";
import type { Secret } from "../identity.js";
import { MECHANISM_OIDS, type Mechanism } from "../mechanism.js";
import { type Account, formatAccount, splitAccount } from "../account.js";
import { ntHash } from "./account.js";
import { encodeAuthenticate, setMic } from "./authenticate.js";
import { AV_FLAG_MIC, AV_IDS, type AvPair, avFlags, avTimestamp, findAvPair } from "./av-pairs.js";
import { type Challenge, decodeChallenge } from "./challenge.js";
import { hmacMd5 } from "../crypto/digests.js";
import { NTLM_FLAGS, type NtlmFlag, SUPPORTED_FLAGS, has, intersect } from "./flags.js";
import { encodeNegotiate } from "./negotiate.js";
import { Rc4 } from "../crypto/rc4.js";
import { computeResponses, ntowfV2 } from "./response.js";
import { NtlmSession } from "./session.js";
import { filetimeNow } from "./time.js";

export interface NtlmInitiatorOptions {
  /** `user`, `DOMAIN\user` or `user@dns.domain`, which leaves the domain empty; null when nobody said, which fails the first step. */
  readonly user: string | null;
  /** The domain where `user` names none. */
  readonly domain: string | null;
  /** Asked once, at the first step; null fails it. */
  readonly secret: () => Promise<Secret | null>;
  /** The service principal name for MsvAvTargetName: `host/<server>` ([MS-PAN] 2.1). */
  readonly targetName: string;
  /** What the server's logs call this computer; by default the first label of the host's name, at most 15 characters. */
  readonly workstation?: string;
}

/** What the CHALLENGE must grant, or the connection would be weaker than NTLMv2 with 128-bit keys. */
const REQUIRED_FLAGS: readonly NtlmFlag[] = ["unicode", "sign", "seal", "extendedSessionSecurity", "key128"];

type State =
  | { readonly kind: "start" }
  | { readonly kind: "negotiating"; readonly negotiate: Uint8Array; readonly account: Account; readonly secret: Secret }
  | { readonly kind: "done"; readonly session: NtlmSession; readonly account: Account; readonly micSent: boolean };

/** The client's side of an NTLMv2 logon: NEGOTIATE, then AUTHENTICATE for the server's CHALLENGE ([MS-NLMP] 3.1.5.1). */
export class NtlmInitiator implements Mechanism {
  readonly name = "NTLM";
  readonly oids = [MECHANISM_OIDS.ntlm];
  readonly #options: NtlmInitiatorOptions;
  #state: State = { kind: "start" };

  constructor(options: NtlmInitiatorOptions) {
    this.#options = options;
  }

  get sendsMic(): boolean {
    return this.#done().micSent;
  }

  get expectsMic(): boolean {
    return this.sendsMic;
  }

  get user(): string {
    return formatAccount(this.#done().account);
  }

  async step(token: Uint8Array | null): Promise<SecurityStep> {
    const state = this.#state;
    if (state.kind === "start" && token === null) return { token: await this.#negotiate(), done: false };
    if (state.kind === "negotiating" && token !== null) {
      const { message, session, micSent } = authenticate(state, token, this.#options);
      this.#state = { kind: "done", session, account: state.account, micSent };
      return { token: message, done: true };
    }
    throw new ProtocolError(`NTLM ${token === null ? "needs" : "did not expect"} a token from the server`);
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

  async #negotiate(): Promise<Uint8Array> {
    const { user, domain, secret: ask } = this.#options;
    const named = splitAccount(user ?? "");
    const account = { user: named.user, domain: named.domain ?? domain };
    if (account.user === "")
      throw new AuthenticationError("an NTLM logon needs a user name", {
        hint: "name one with the option user: [DOMAIN\\]user",
      });
    const secret = await ask();
    if (secret === null)
      throw new AuthenticationError(`an NTLM logon as ${formatAccount(account)} needs a password`, {
        hint: "give a password or an NT hash",
      });
    const negotiate = encodeNegotiate({ flags: SUPPORTED_FLAGS });
    this.#state = { kind: "negotiating", negotiate, account, secret };
    return negotiate;
  }

  #done(): State & { kind: "done" } {
    if (this.#state.kind !== "done") throw new Error("the NTLM logon has not come to its end");
    return this.#state;
  }
}

/** The AUTHENTICATE message for a CHALLENGE, and the keys that come of it ([MS-NLMP] 3.1.5.1.2). */
function authenticate(
  { negotiate, account, secret }: State & { kind: "negotiating" },
  challengeBytes: Uint8Array,
  { targetName, workstation }: NtlmInitiatorOptions,
): { message: Uint8Array; session: NtlmSession; micSent: boolean } {
  const challenge = decodeChallenge(challengeBytes);
  refuseWeakChallenge(challenge);
  const flags = intersect(SUPPORTED_FLAGS, challenge.flags);
  const timestamp = avTimestamp(challenge.targetInfo);
  const micSent = timestamp !== null;

  const responses = computeResponses(
    ntowfV2(ntHash(secret), account.user, account.domain ?? ""),
    challenge.serverChallenge,
    {
      time: timestamp ?? filetimeNow(),
      nonce: randomBytes(8),
      avPairs: answerAvPairs(challenge.targetInfo, targetName, micSent),
    },
  );
  const keys = exchangeKeys(flags, responses.sessionBaseKey);
  const message = encodeAuthenticate({
    user: account.user,
    domain: account.domain ?? "",
    flags,
    workstation: workstation ?? defaultWorkstation(),
    lmResponse: micSent ? new Uint8Array(24) : responses.lmResponse,
    ntResponse: responses.ntResponse,
    encryptedSessionKey: keys.encrypted,
  });
  if (micSent) setMic(message, hmacMd5(keys.exported, negotiate, challengeBytes, message));
  return { message, session: new NtlmSession(flags, keys.exported, "client"), micSent };
}

/** ExportedSessionKey and EncryptedRandomSessionKey. */
function exchangeKeys(flags: number, sessionBaseKey: Uint8Array): { exported: Uint8Array; encrypted: Uint8Array } {
  if (!has(flags, "keyExchange")) return { exported: sessionBaseKey, encrypted: new Uint8Array(0) };
  const exported = new Uint8Array(randomBytes(16));
  return { exported, encrypted: new Rc4(sessionBaseKey).apply(exported.slice()) };
}

function refuseWeakChallenge({ flags, targetInfo }: Challenge): void {
  const missing = REQUIRED_FLAGS.filter((flag) => !has(flags, flag));
  if (missing.length > 0)
    throw new AuthenticationError(
      `the server's NTLM challenge does not grant ${missing.map((flag) => `${flag} (0x${NTLM_FLAGS[flag].toString(16)})`).join(", ")}: ` +
        "it is too old, or somebody on the way changed it",
    );
  const nameless = [AV_IDS.nbComputerName, AV_IDS.nbDomainName].some((id) => findAvPair(targetInfo, id) === null);
  if (nameless)
    throw new AuthenticationError(
      "the server's NTLM challenge lacks the names of its computer and domain, so it cannot take NTLMv2",
    );
}

/** The server's pairs, with ours in the place of any of the same kind ([MS-NLMP] 3.1.5.1.2). */
function answerAvPairs(fromServer: readonly AvPair[], targetName: string, micSent: boolean): AvPair[] {
  const ours: readonly number[] = [AV_IDS.flags, AV_IDS.targetName, AV_IDS.channelBindings];
  const kept = fromServer.filter(({ id }) => !ours.includes(id));
  const flags = (avFlags(fromServer) & ~AV_FLAG_MIC) | (micSent ? AV_FLAG_MIC : 0);
  if (flags !== 0) {
    const value = new Uint8Array(4);
    new DataView(value.buffer).setUint32(0, flags, true);
    kept.push({ id: AV_IDS.flags, value });
  }
  return [
    ...kept,
    { id: AV_IDS.channelBindings, value: new Uint8Array(16) },
    { id: AV_IDS.targetName, value: encodeUtf16(targetName) },
  ];
}

function defaultWorkstation(): string {
  return (hostname().split(".")[0] ?? "").toUpperCase().slice(0, 15);
}
