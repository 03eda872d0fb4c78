import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { fromHex, toHex } from "../../src/bytes/hex.js";
import type { ParameterValues } from "../../src/ndr/type.js";
import { decodeCall, encodeCall, VECTORS, type Call } from "../golden/ndr-vectors.js";
import { SYNTAXES } from "../ndr/stub.js";
import { METHOD_VALUES } from "../property/ndr-values.js";
import { describePeer } from "./support/peer.js";
import { pythonWith } from "./support/python.js";

/** What impacket makes of a case; see ndr/impacket_ndr.py. */
interface Answer {
  readonly stub: string;
  readonly gaps: readonly number[];
  readonly values: ParameterValues;
  readonly used: number;
}

const SAMPLES = 12;
const SCRIPT = fileURLToPath(new URL("ndr/impacket_ndr.py", import.meta.url));

/** The golden values, and samples of all methods, directions and syntaxes that are the same in every run. */
const cases: readonly Call[] = [
  ...VECTORS,
  ...METHOD_VALUES.flatMap(({ method, request, response }) =>
    SYNTAXES.flatMap((syntax) =>
      Object.entries({ request, response }).flatMap(([direction, arbitrary]) =>
        fc.sample(arbitrary, { seed: 20260101, numRuns: SAMPLES }).map((values, i) => ({
          name: `${method.name}, sample ${i + 1}`,
          method,
          direction: direction as Call["direction"],
          syntax,
          values: wellFormed(values),
        })),
      ),
    ),
  ),
];

/** Python has no lone surrogates in UTF-16. */
function wellFormed(values: ParameterValues): ParameterValues {
  const entries = Object.entries(values);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === "string" ? value.replace(/\p{Cs}/gu, "?") : value]),
  );
}

/** Values as JSON has them: bytes as hexadecimal digits. */
function plain(values: ParameterValues): ParameterValues {
  const entries = Object.entries(values);
  return Object.fromEntries(entries.map(([name, value]) => [name, value instanceof Uint8Array ? toHex(value) : value]));
}

function askImpacket(python: string): Answer[] {
  const input = cases.map((it) => ({
    method: it.method.name,
    direction: it.direction,
    syntax: it.syntax,
    values: plain(it.values),
    stub: toHex(encodeCall(it)),
  }));
  const { status, stdout, stderr } = spawnSync(python, [SCRIPT], {
    input: JSON.stringify(input),
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`impacket_ndr.py failed:\n${stderr}`);
  return JSON.parse(stdout) as Answer[];
}

describePeer("impacket's NDR codec", pythonWith(["impacket"]), (python) => {
  let answers: Answer[] = [];
  beforeAll(() => {
    answers = askImpacket(python);
  });

  it.each(cases.map((entry, i) => [entry.direction, entry.syntax, entry.name, entry, i] as const))(
    "agrees on the %s in %s: %s",
    (_direction, _syntax, _name, entry, i) => {
      const answer = answers[i];
      expect.assert(answer !== undefined);
      const ours = encodeCall(entry);
      const theirs = fromHex(answer.stub);

      expect(answer.values, "what impacket reads in our bytes").toEqual(plain(entry.values));
      expect(answer.used, "bytes that impacket reads").toBe(ours.length);
      expect(decodeCall(entry, theirs), "what we read in impacket's bytes").toEqual(entry.values);
      for (const gap of answer.gaps) theirs[gap] = 0;
      expect(toHex(theirs), "bytes, alignment gaps apart").toBe(toHex(ours));
    },
  );

  it("covers all methods in both syntaxes and directions", () => {
    const covered = new Set(cases.map(({ method, syntax, direction }) => `${method.name} ${syntax} ${direction}`));
    expect(covered.size).toBe(METHOD_VALUES.length * 2 * 2);
    expect(answers).toHaveLength(cases.length);
  });
});
