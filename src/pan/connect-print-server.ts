import { UsageError } from "../errors.js";
import type { PduTracer } from "../rpc/tracer.js";
import { openConnection, type Connection, type ConnectProgress } from "./connect.js";
import type { ConnectionOptions, Notice } from "./connection-options.js";
import { identityOf, type Credentials } from "./credentials.js";
import { DEFAULT_CONNECTION } from "./defaults.js";
import { ANY_TEXT, checkOptions, FLAG, FUNCTION, given, MILLISECONDS } from "./options-check.js";
import { OBJECT, oneOf, orNull, PORT, SIGNAL, TEXT, type Rules } from "./options-check.js";

/** Whom to connect to, for programs. Everything but the server has the default of the command. */
export interface PrintServerRequest extends Credentials {
  /** Host name or address; IPv6 without brackets. */
  readonly server: string;
  readonly connection?: Partial<ConnectionOptions> | undefined;
  /** Gives up connecting when it aborts. */
  readonly signal?: AbortSignal | undefined;
  /** Told what is worth saying on the way. */
  readonly notice?: Notice | undefined;
  /** Told of each PDU. */
  readonly tracer?: PduTracer | undefined;
  /** Told as each step begins. */
  readonly onStep?: ((progress: ConnectProgress) => void) | undefined;
}

/** Rules for credentials, wherever they stand. */
export const CREDENTIALS: Rules<Credentials> = {
  user: TEXT,
  domain: ANY_TEXT,
  password: ANY_TEXT,
  ntHash: {
    takes: "the 16 bytes of an NT hash",
    allows: (value) => value instanceof Uint8Array && value.length === 16,
  },
  kerberos: oneOf("off", "desired", "required"),
  ccache: TEXT,
  keytab: TEXT,
};

const CONNECTION: Rules<ConnectionOptions> = {
  port: orNull(PORT),
  epmPort: PORT,
  level: oneOf("privacy", "integrity", "packet"),
  transferSyntax: oneOf("auto", "ndr", "ndr64"),
  multiplex: FLAG,
  spn: orNull(TEXT),
  targetIp: orNull(TEXT),
  connectTimeoutMs: MILLISECONDS,
};

const REQUEST: Rules<PrintServerRequest> = {
  ...CREDENTIALS,
  server: TEXT,
  connection: OBJECT,
  signal: SIGNAL,
  notice: FUNCTION,
  tracer: FUNCTION,
  onStep: FUNCTION,
};

/**
 * Goes the whole way to a print server: name → endpoint mapper → port → bind and logon. What it gives is to be closed.
 * Throws a UsageError that names a wrong option, an UnreachableError, NoInterfaceError, AuthenticationError or
 * ProtocolError, or a PanwatchError with the code `aborted`.
 *
 * ```ts
 * const connection = await connectPrintServer({ server: "printsrv", user: "alice", password });
 * ```
 */
export async function connectPrintServer(request: PrintServerRequest): Promise<Connection> {
  checkOptions(request, REQUEST);
  if (request.server === undefined) throw new UsageError("the option server is missing");
  const { server, connection, notice = () => undefined, tracer, onStep } = request;
  const signal = request.signal ?? new AbortController().signal;
  const target = { server, identity: identityOf(request) };
  const options = connectionOptions(connection);
  return openConnection({ target, options, notice, tracer, signal, ...(onStep && { onStep }) });
}

/** How to connect, with the defaults for what is not given. Throws a UsageError. */
export function connectionOptions(connection: Partial<ConnectionOptions> = {}): ConnectionOptions {
  checkOptions(connection, CONNECTION, "connection.");
  return { ...DEFAULT_CONNECTION, ...given(connection) };
}
