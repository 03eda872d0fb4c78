import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toHex } from "../../src/bytes/hex.js";
import { PanwatchError } from "../../src/errors.js";
import { bind, echo } from "../rpc/support/binding.js";
import { ScriptedServer, type ReceivedRequest } from "../rpc/support/scripted-server.js";
import { ToySecurity } from "../rpc/support/toy-security.js";

/** The fragments of an answer. */
function answer(server: ScriptedServer, request: ReceivedRequest, parts: readonly Uint8Array[]): Uint8Array[] {
  return parts.map((part, i) => server.fragment(request, part, (i === 0 ? 1 : 0) | (i === parts.length - 1 ? 2 : 0)));
}

/** Something that happens to a stream at a place between 0 and 1. */
type Damage = { readonly at: number } & (
  { readonly kind: "change"; readonly value: number } | { readonly kind: "remove" | "repeat"; readonly length: number }
);

function damaged(stream: Buffer, damages: readonly Damage[]): Buffer {
  let result = Buffer.from(stream);
  for (const damage of damages) {
    const at = Math.floor(damage.at * result.length);
    if (damage.kind === "change") result[at] = damage.value;
    else {
      const piece = result.subarray(at, at + damage.length);
      const rest = result.subarray(at + damage.length);
      const repeats = damage.kind === "repeat" ? [piece, piece] : [];
      result = Buffer.concat([result.subarray(0, at), ...repeats, rest]);
    }
  }
  return result;
}

const part = fc.uint8Array({ maxLength: 300 });
const answers = fc.array(fc.array(part, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 });
const chunkSizes = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 5 });
const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({ kind: fc.constant("change"), at: place, value: fc.nat(255) }),
  fc.record({ kind: fc.constantFrom("remove", "repeat"), at: place, length: fc.integer({ min: 1, max: 80 }) }),
);

/** Sends the answers to as many calls, damaged and in chunks, ends the link, and gives what became of the calls. */
async function outcomes(parts: Uint8Array[][], damages: Damage[], sizes: number[]) {
  const server = new ScriptedServer();
  const connection = await bind(server, { security: new ToySecurity() });
  const calls = parts.map(() => echo(connection, Uint8Array.of(1)));
  await server.requested(parts.length);
  const fragments = server.requests.flatMap((request, i) => answer(server, request, parts[i] ?? []));
  const stream = damaged(Buffer.concat(fragments), damages);
  for (let offset = 0, i = 0; offset < stream.length; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    server.link.deliver(stream.subarray(offset, offset + size));
    offset += size;
  }
  server.link.end();
  return Promise.allSettled(calls);
}

describe("a connection", () => {
  it("delivers every answer, however its stream is cut", async () => {
    await fc.assert(
      fc.asyncProperty(answers, chunkSizes, async (parts, sizes) => {
        const results = await outcomes(parts, [], sizes);
        const expected = parts.map((list) => ({ status: "fulfilled", value: toHex(Buffer.concat(list)) }));
        expect(results.map((r) => (r.status === "fulfilled" ? { ...r, value: toHex(r.value) } : r))).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });

  it("delivers an answer as it was signed or not at all, whatever happens to its stream", async () => {
    const damages = fc.array(damage, { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(answers, damages, chunkSizes, async (parts, harm, sizes) => {
        for (const [index, result] of (await outcomes(parts, harm, sizes)).entries()) {
          if (result.status === "fulfilled") expect(toHex(result.value)).toBe(toHex(Buffer.concat(parts[index] ?? [])));
          else expect(result.reason).toBeInstanceOf(PanwatchError);
        }
      }),
      { numRuns: 300 },
    );
  });
});
