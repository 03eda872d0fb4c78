import type { PanwatchError } from "../../errors.js";
import type { TransferSyntax } from "../../ndr/syntax.js";
import type { AuthLevel, SecurityContext } from "../../security/context.js";
import type { AssociationOwner, Associations } from "./associations.js";
import type { LoggedOn } from "./logon.js";
import type { Service } from "./service.js";

/** What all connections to one port of a server have in common. */
export interface Endpoint<Owner extends AssociationOwner> {
  readonly services: readonly Service<Owner>[];
  readonly associations: Associations<Owner>;
  /** What is spoken, preferred first. */
  readonly transferSyntaxes: readonly TransferSyntax[];
  /** Bits of BIND_FEATURES that are granted; null answers as servers do that know no feature negotiation. */
  readonly features: number | null;
  /** Bytes of the largest fragment, sent or received, but for binds; Windows has 5840. */
  readonly maxFragment: number;
  /** Bytes of the largest stub of a request. */
  readonly maxRequest: number;
  /** Whether CONC_MPX is granted. */
  readonly multiplexing: boolean;
  readonly headerSigning: boolean;
  /** The least level for services that are secured. */
  readonly minLevel: AuthLevel;
  /** Whether faults of methods are signed; clients have to take them either way. */
  readonly signFaults: boolean;
  /** A fresh context for the logon of a connection; null where nobody can log on. */
  readonly security: (() => SecurityContext) | null;
  /** The port as text, which bind_ack repeats. */
  readonly secondaryAddress: string;
  readonly onLogon: (owner: Owner, who: LoggedOn) => void;
  readonly onLogonFailed: (owner: Owner, error: PanwatchError) => void;
  /** A bug of this server that ended a connection. */
  readonly onBug: (error: unknown) => void;
}
