import { Association } from "../../../src/rpc/association.js";
import { EPMAPPER } from "../../../src/rpc/endpoint-mapper/ept-map.js";
import { mapEndpoint } from "../../../src/rpc/endpoint-mapper/map-endpoint.js";
import type { RpcInterface } from "../../../src/rpc/interface.js";
import type { Link } from "../../../src/rpc/link.js";
import type { PduTracer } from "../../../src/rpc/tracer.js";
import type { AuthLevel } from "../../../src/security/context.js";
import type { Identity } from "../../../src/security/identity.js";
import { type Logon, openLogon } from "../../../src/security/logon.js";
import { deadline } from "../../../src/transport/deadline.js";
import { dialTcp } from "../../../src/transport/dial.js";
import { DOMAIN, type DomainController, EPM_PORT, HOST, PASSWORD, USER } from "../lab/domain-controller.js";
import { SAMR } from "./samr.js";
import { SecretTrial } from "../../../src/security/trial.js";

/** Alice by NTLM; the fields of `changes` differ. */
export function identity(changes: Partial<Identity> = {}): Identity {
  const secret = () => Promise.resolve({ kind: "password", password: PASSWORD } as const);
  return {
    user: USER,
    domain: DOMAIN,
    secret,
    kerberos: "off",
    ccache: null,
    keytab: null,
    trial: new SecretTrial(),
    ...changes,
  };
}

/** Alice by the tickets of a cache alone. */
export function ticketHolder(ccache: string): Identity {
  return identity({ user: null, domain: null, secret: () => Promise.resolve(null), kerberos: "required", ccache });
}

export interface SambaOptions {
  readonly level?: AuthLevel;
  readonly spn?: string;
  readonly tracer?: PduTracer;
  readonly multiplex?: boolean;
  /** No logon at all. */
  readonly anonymous?: boolean;
  /** Puts itself between connection and socket. */
  readonly through?: (link: Link) => Link;
}

/** Where a domain controller's samr listens. */
export async function samrPort(dc: DomainController, iface = SAMR, tracer?: PduTracer): Promise<number> {
  const dial = (signal: AbortSignal) => dialTcp({ host: dc.address, port: EPM_PORT, signal });
  return mapEndpoint({ dial, iface, deadline: () => deadline(10_000), tracer });
}

/** A logon to a domain controller and what opens its interfaces. */
export class SambaClient implements AsyncDisposable {
  readonly logon: Logon;
  readonly #dc: DomainController;
  readonly #options: SambaOptions;
  #association: Association | null = null;

  private constructor(dc: DomainController, logon: Logon, options: SambaOptions) {
    this.#dc = dc;
    this.logon = logon;
    this.#options = options;
  }

  static async for(dc: DomainController, who: Identity, options: SambaOptions = {}): Promise<SambaClient> {
    const { spn = null, level = "privacy" } = options;
    const logon = await openLogon(who, { server: HOST, spn, level, notice: () => undefined });
    return new SambaClient(dc, logon, options);
  }

  /** Connects to the port where the endpoint mapper says samr is, or to its own, binds an interface there and logs on. */
  async open(iface: RpcInterface = SAMR): Promise<Association> {
    const { level = "privacy", anonymous = false, through = (link) => link, tracer, multiplex } = this.#options;
    const port = iface === EPMAPPER ? EPM_PORT : await samrPort(this.#dc, SAMR, tracer);
    this.#association = await Association.open({
      dial: async (signal) => through(await dialTcp({ host: this.#dc.address, port, signal })),
      security: anonymous ? null : () => this.logon.context(),
      level,
      iface,
      multiplex,
      transferSyntaxes: ["ndr64", "ndr"],
      deadline: () => deadline(10_000),
      tracer,
    });
    return this.#association;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#association?.close();
    await this.logon[Symbol.asyncDispose]();
  }
}
