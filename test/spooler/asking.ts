import type { ConnectRequest } from "../../src/pan/connect.js";
import type { ConnectionOptions } from "../../src/pan/connection-options.js";
import type { PduTracer } from "../../src/rpc/tracer.js";
import { DEFAULT_CONNECTION } from "../../src/pan/defaults.js";
import { SecretTrial } from "../../src/security/trial.js";

export interface AskedOptions extends Partial<ConnectionOptions> {
  readonly server?: string;
  readonly password?: string;
  readonly signal?: AbortSignal;
  readonly tracer?: PduTracer;
}

/** How alice asks a server on loopback, with NTLM. */
export function asking(options: AskedOptions): ConnectRequest {
  const { server = "127.0.0.1", password = "Passw0rd!", signal, tracer, ...connection } = options;
  const secret = () => Promise.resolve({ kind: "password", password } as const);
  const identity = {
    user: "alice",
    domain: null,
    secret,
    kerberos: "off",
    ccache: null,
    keytab: null,
    trial: new SecretTrial(),
  } as const;
  return {
    target: { server, identity },
    options: { ...DEFAULT_CONNECTION, ...connection },
    notice: () => undefined,
    signal: signal ?? new AbortController().signal,
    tracer,
  };
}
