import { clip } from "../../../bytes/clip.js";
import type { ChalkInstance } from "chalk";
import { FaultError, HresultError, type PanwatchError } from "../../../errors.js";
import { hresultName } from "../../../pan/hresults.js";
import { faultName } from "../../../rpc/fault-names.js";
import { displayWidth } from "../../render/width.js";
import { sanitise } from "../../sanitise.js";
import type { AccessFinding } from "../findings.js";

const FILTERS = ["per-user", "all-users"] as const;
const STYLES = ["uni", "bidi"] as const;
const MAX_NAME = 40;

interface Cell {
  readonly text: string;
  readonly paint: (text: string) => string;
}

/**
 * The lines of the table of what an account may watch: a row for each place and user filter, a column for each style. Where
 * it does not fit, each style stands on a line of its own.
 */
export function accessTable(findings: readonly AccessFinding[], chalk: ChalkInstance, columns: number): string[] {
  const queue = findings.find(({ scope }) => scope === "printer")?.queue ?? null;
  const scopes = queue === null ? (["server"] as const) : (["server", "printer"] as const);
  const styles = STYLES.map((text) => ({ text, paint: chalk.bold }));
  const rows = scopes.flatMap((scope) =>
    FILTERS.map((filter) => {
      const name = scope === "server" ? "whole server" : `printer ${clip(sanitise(queue ?? ""), MAX_NAME)}`;
      const found = (style: string): AccessFinding | undefined =>
        findings.find((one) => one.scope === scope && one.userFilter === filter && one.style === style);
      return [plain(name), plain(filter), ...STYLES.map((style) => cell(found(style), chalk))];
    }),
  );
  const table = alignColumns([[plain(""), plain(""), ...styles], ...rows]);
  if (table.every((line) => displayWidth(line) <= columns)) return table;
  return rows.flatMap(([place, filter, ...cells]) => [
    ...alignColumns([[place ?? plain(""), filter ?? plain("")]]),
    ...alignColumns(cells.map((one, i) => [plain(""), styles[i] ?? plain(""), one])),
  ]);
}

function cell(finding: AccessFinding | undefined, chalk: ChalkInstance): Cell {
  const error = finding?.error ?? null;
  switch (finding?.access) {
    case "ok":
      return { text: "✓ ok", paint: chalk.green };
    case "denied":
      return { text: `✗ denied (${codeName(error)})`, paint: chalk.yellow };
    case "error":
      return { text: `✗ error (${codeName(error)})`, paint: chalk.red };
    case "untried":
    case undefined:
      return { text: "– not tried", paint: chalk.dim };
  }
}

/** `E_ACCESSDENIED`, `ERROR_ACCESS_DENIED (0x00000005)`, or `unreachable`. */
function codeName(error: PanwatchError | null): string {
  if (error instanceof HresultError) return hresultName(error.hresult);
  return error instanceof FaultError ? faultName(error.status) : (error?.code ?? "");
}

function alignColumns(rows: readonly (readonly Cell[])[]): string[] {
  const widthOf = (column: number): number => Math.max(...rows.map((row) => displayWidth(row[column]?.text ?? "")));
  const widths = (rows[0] ?? []).map((_cell, column) => widthOf(column));
  return rows.map((row) => {
    const texts = row.map(({ text, paint }, i) => paint(text) + " ".repeat((widths[i] ?? 0) - displayWidth(text)));
    return `  ${texts.join("  ")}`.trimEnd();
  });
}

function plain(text: string): Cell {
  return { text, paint: (same) => same };
}
