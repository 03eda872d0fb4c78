import type { Guid } from "../bytes/guid.js";

/** How the parameters of a call are laid out: NDR (C706 chapter 14) or NDR64 ([MS-RPCE] 2.2.5). */
export type TransferSyntax = "ndr" | "ndr64";

/** What a presentation context calls a transfer syntax. */
export interface SyntaxIdentifier {
  readonly uuid: Guid;
  readonly version: number;
}

/** The identifiers of both ([MS-RPCE] 2.2.4.12 and 2.2.5.1). */
export const TRANSFER_SYNTAXES = {
  ndr: { uuid: "8a885d04-1ceb-11c9-9fe8-08002b104860", version: 2 },
  ndr64: { uuid: "71710533-beba-4937-8319-b5dbef9ccc36", version: 1 },
} as const satisfies Record<TransferSyntax, SyntaxIdentifier>;
