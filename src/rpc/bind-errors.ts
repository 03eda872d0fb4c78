import { AuthenticationError, UnreachableError, type PanwatchError } from "../errors.js";
import { faultMeaning, faultName } from "./fault-names.js";
import { REJECT_REASONS } from "./pdu/bind-nak.js";

/** Why servers refuse a logon without saying which of these it is; for hints. */
const LIKELY_CAUSES =
  "check user name, domain and password; the account may be disabled, locked, expired or due for a new password; " +
  "the server may refuse NTLM by policy; with Kerberos the clocks may differ by more than 5 minutes";

const REASON_NAMES: Readonly<Record<number, string>> = {
  [REJECT_REASONS.reasonNotSpecified]: "without giving a reason",
  [REJECT_REASONS.temporaryCongestion]: "because of congestion",
  [REJECT_REASONS.localLimitExceeded]: "because a limit of the server is exceeded",
  [REJECT_REASONS.protocolVersionNotSupported]: "because of the protocol version or a malformed bind",
  [REJECT_REASONS.authenticationTypeNotRecognized]: "because it does not know SPNEGO",
  [REJECT_REASONS.invalidChecksum]: "because the logon failed",
};

/** What a bind was about, for the error when it is refused. */
export interface BindCircumstances {
  readonly peer: string;
  /** Whether the bind carried a token. */
  readonly authenticated: boolean;
  /** Whether the bind joins an association group. */
  readonly joining: boolean;
}

/** The error of a bind_nak ([MS-RPCE] 2.2.2.5). */
export function bindNakError(reason: number, { peer, authenticated, joining }: BindCircumstances): PanwatchError {
  const text = `${peer} refused the bind ${REASON_NAMES[reason] ?? "for an unknown reason"} (bind_nak ${reason})`;
  if (reason === REJECT_REASONS.invalidChecksum) return new AuthenticationError(text, { hint: LIKELY_CAUSES });
  if (reason === REJECT_REASONS.authenticationTypeNotRecognized)
    return new AuthenticationError(text, { hint: "check that the port belongs to a print server" });
  if (reason === REJECT_REASONS.reasonNotSpecified && authenticated && !joining)
    return new AuthenticationError(text, {
      hint: `the server may be unable to use the Kerberos ticket; ${LIKELY_CAUSES}`,
    });
  return new UnreachableError(authenticated ? "logon" : "bind", text, {
    hint: nakHint(reason, joining),
  });
}

function nakHint(reason: number, joining: boolean): string | undefined {
  if (reason === REJECT_REASONS.temporaryCongestion || reason === REJECT_REASONS.localLimitExceeded)
    return "try again later";
  if (reason !== REJECT_REASONS.reasonNotSpecified) return undefined;
  return joining ? "the association it belongs to may be gone: connect anew" : undefined;
}

/** Statuses of faults that mean a refused logon when they answer a bind or alter_context. */
const LOGON_FAULTS: ReadonlySet<number> = new Set([
  5, 0x6d3, 0x721, 0x80090303, 0x8009030c, 0x80090311, 0x80090322, 0x80090324,
]);

/** The error of a fault that answers a bind or alter_context. */
export function bindFaultError(status: number, { peer, authenticated }: BindCircumstances): PanwatchError {
  const meaning = faultMeaning(status);
  if (authenticated && LOGON_FAULTS.has(status))
    return new AuthenticationError(`${peer} refused the logon: ${faultName(status)}`, { hint: LIKELY_CAUSES });
  return new UnreachableError(
    authenticated ? "logon" : "bind",
    `${peer} answered the bind with the fault ${faultName(status)}${meaning === null ? "" : `: ${meaning}`}`,
  );
}
