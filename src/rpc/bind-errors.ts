import { AuthenticationError, UnreachableError, type PanwatchError } from "../errors.js";
import type { MechanismName, Proof } from "../security/context.js";
import { faultMeaning, faultName } from "./fault-names.js";
import { REJECT_REASONS } from "./pdu/bind-nak.js";

/** Why servers refuse a logon without saying which of these it is; for hints. */
const LIKELY_CAUSES: Readonly<Record<MechanismName, string>> = {
  NTLM:
    "check user name, domain and password; the account may be disabled, locked, expired or due for a new password; " +
    "where a policy of the server or the domain refuses NTLM, log on by Kerberos (kerberos: 'required')",
  Kerberos:
    "the server may be unable to use the Kerberos ticket: its name may be an alias, or the clocks may differ by more " +
    "than 5 minutes; the account may be disabled, or may not log on from the network",
};

const REASON_NAMES: Readonly<Record<number, string>> = {
  [REJECT_REASONS.reasonNotSpecified]: "without giving a reason",
  [REJECT_REASONS.temporaryCongestion]: "because of congestion",
  [REJECT_REASONS.localLimitExceeded]: "because a limit of the server is exceeded",
  [REJECT_REASONS.protocolVersionNotSupported]: "because of the protocol version or a malformed bind",
  [REJECT_REASONS.authenticationTypeNotRecognized]: "because it does not take this kind of logon",
  [REJECT_REASONS.invalidChecksum]: "because the logon failed",
};

/** How far a logon is. */
export interface LogonStanding {
  /** What has left so far. */
  readonly proof: Proof;
  readonly mechanism: MechanismName;
}

/** What a bind or alter_context was about, for the error when it is refused. */
export interface BindCircumstances {
  readonly peer: string;
  /** Null where it carried no token. */
  readonly logon: LogonStanding | null;
  /** Whether it joins an association group. */
  readonly joining: boolean;
}

/**
 * The error of a bind_nak ([MS-RPCE] 2.2.2.5). Once the proof of a password has left, any reason is a refused logon; the ticket
 * of Kerberos leaves with the bind, whose refusal without a reason may be about it. Before that, it is a server that is busy.
 */
export function bindNakError(reason: number, { peer, logon, joining }: BindCircumstances): PanwatchError {
  const text = `${peer} refused the bind ${REASON_NAMES[reason] ?? "for an unknown reason"} (bind_nak ${reason})`;
  if (reason === REJECT_REASONS.authenticationTypeNotRecognized && logon?.proof !== "password")
    return new AuthenticationError(text, {
      hint:
        "where its policy ForceKerberosForRpc refuses NTLM, log on by Kerberos (kerberos: 'required'); else check that the port belongs to a " +
        "print server",
    });
  const ticketRefused = logon?.proof === "ticket" && reason === REJECT_REASONS.reasonNotSpecified && !joining;
  if (logon !== null && (logon.proof === "password" || ticketRefused || reason === REJECT_REASONS.invalidChecksum))
    return new AuthenticationError(text, { hint: LIKELY_CAUSES[logon.mechanism] });
  return new UnreachableError(logon === null ? "bind" : "logon", text, { hint: nakHint(reason, joining) });
}

function nakHint(reason: number, joining: boolean): string | undefined {
  if (reason === REJECT_REASONS.temporaryCongestion || reason === REJECT_REASONS.localLimitExceeded)
    return "try again later";
  if (reason !== REJECT_REASONS.reasonNotSpecified) return undefined;
  return joining
    ? "the association it belongs to may be gone: connect anew"
    : "it may be busy or restarting: try again later";
}

/** Statuses of faults that mean a refused logon although no proof has left. */
const LOGON_FAULTS: ReadonlySet<number> = new Set([
  5, 0x6d3, 0x721, 0x80090303, 0x8009030c, 0x80090311, 0x80090322, 0x80090324,
]);

/** The error of a fault that answers a bind or alter_context; with a proof, any is a refused logon. */
export function bindFaultError(status: number, { peer, logon }: BindCircumstances): PanwatchError {
  if (logon !== null && (logon.proof !== "none" || LOGON_FAULTS.has(status)))
    return new AuthenticationError(`${peer} refused the logon: ${faultName(status)}`, {
      hint: LIKELY_CAUSES[logon.mechanism],
    });
  const meaning = faultMeaning(status);
  return new UnreachableError(
    logon === null ? "bind" : "logon",
    `${peer} answered the bind with the fault ${faultName(status)}${meaning === null ? "" : `: ${meaning}`}`,
  );
}
