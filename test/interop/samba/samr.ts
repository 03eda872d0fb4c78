import { method } from "../../../src/ndr/method.js";
import { contextHandle, isNullHandle, u32, unique, wideString } from "../../../src/ndr/types.js";
import { Association } from "../../../src/rpc/association.js";
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

/** [MS-SAMR] 2.2.1, 3.1.5.1: an interface that Samba has, unlike those of [MS-PAN]. */
export const SAMR: RpcInterface = { name: "samr", uuid: "12345778-1234-abcd-ef00-0123456789ac", major: 1, minor: 0 };

/** [MS-SAMR] 3.1.5.1.3: takes a name of any length and does not look at it. */
const connect2 = method("SamrConnect2", 57, {
  in: { ServerName: unique(wideString), DesiredAccess: u32 },
  out: { ServerHandle: contextHandle, result: u32 },
});

/** [MS-SAMR] 3.1.5.13.1 */
const closeHandle = method("SamrCloseHandle", 1, {
  in: { SamHandle: contextHandle },
  out: { SamHandle: contextHandle, result: u32 },
});

/** Alice by NTLM; the fields of `changes` differ. */
export function identity(changes: Partial<Identity> = {}): Identity {
  const secret = () => Promise.resolve({ kind: "password", password: PASSWORD } as const);
  return { user: USER, domain: DOMAIN, secret, kerberos: "off", ccache: null, keytab: null, ...changes };
}

/** Alice by the tickets of a cache alone. */
export function ticketHolder(ccache: string): Identity {
  return identity({ user: null, domain: null, secret: () => Promise.resolve(null), kerberos: "required", ccache });
}

const MAXIMUM_ALLOWED = 0x0200_0000;

/** Calls samr with a name that makes a stub of at least `size` bytes, and puts the handle away that it gives. */
export async function callSamr(association: Association, size: number): Promise<void> {
  const request = { ServerName: "n".repeat(size / 2), DesiredAccess: MAXIMUM_ALLOWED };
  const { ServerHandle, result } = await association.call(SAMR, connect2, request);
  if (result !== 0 || isNullHandle(ServerHandle)) throw new Error(`SamrConnect2 answered with status ${result}`);
  const closed = await association.call(SAMR, closeHandle, { SamHandle: ServerHandle });
  if (closed.result !== 0 || !isNullHandle(closed.SamHandle)) throw new Error("SamrCloseHandle did not close");
}

export interface SamrOptions {
  readonly level?: AuthLevel;
  readonly spn?: string;
  readonly tracer?: PduTracer;
  /** Puts itself between connection and socket. */
  readonly through?: (link: Link) => Link;
}

/** Where a domain controller's samr listens. */
export async function samrPort(dc: DomainController, iface = SAMR, tracer?: PduTracer): Promise<number> {
  const dial = (signal: AbortSignal) => dialTcp({ host: dc.address, port: EPM_PORT, signal });
  return mapEndpoint({ dial, iface, deadline: () => deadline(10_000), tracer });
}

/** A logon to a domain controller and what opens its samr. */
export class SamrClient implements AsyncDisposable {
  readonly logon: Logon;
  readonly #dc: DomainController;
  readonly #options: SamrOptions;
  #association: Association | null = null;

  private constructor(dc: DomainController, logon: Logon, options: SamrOptions) {
    this.#dc = dc;
    this.logon = logon;
    this.#options = options;
  }

  static async for(dc: DomainController, who: Identity, options: SamrOptions = {}): Promise<SamrClient> {
    const { spn = null, level = "privacy" } = options;
    const logon = await openLogon(who, { server: HOST, spn, level, notice: () => undefined });
    return new SamrClient(dc, logon, options);
  }

  /** Asks for the port, connects and logs on. */
  async open(): Promise<Association> {
    const { level = "privacy", through = (link) => link, tracer } = this.#options;
    const port = await samrPort(this.#dc, SAMR, tracer);
    this.#association = await Association.open({
      dial: async (signal) => through(await dialTcp({ host: this.#dc.address, port, signal })),
      security: () => this.logon.context(),
      level,
      interfaces: [SAMR],
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
