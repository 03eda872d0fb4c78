import { describe, expect, it } from "vitest";
import { toHex } from "../../src/bytes/hex.js";
import type { PduTrace } from "../../src/rpc/tracer.js";
import { bind, echo } from "./support/binding.js";
import { ScriptedServer } from "./support/scripted-server.js";
import { ToySecurity } from "./support/toy-security.js";

const STUB = Uint8Array.of(1, 2, 3, 4);

/** A copy of the stub as it was while the tracer ran. */
interface Seen extends Omit<PduTrace, "stub"> {
  readonly stub: string | null;
}

async function traced() {
  const seen: Seen[] = [];
  const server = new ScriptedServer();
  const tracer = (trace: PduTrace): void => {
    seen.push({ ...trace, stub: trace.stub === null ? null : toHex(trace.stub) });
  };
  const connection = await bind(server, { security: new ToySecurity(), tracer });
  return { seen, server, connection };
}

describe("a tracer", () => {
  it("sees every PDU with its fields and plain stub, in order", async () => {
    const { seen, server, connection } = await traced();
    const call = echo(connection, STUB);
    server.respond(await server.requested(1), STUB);
    await call;
    const told = seen.map(({ direction, pdu, stub }) => [direction, pdu?.type, pdu?.callId, stub]);
    expect(told).toEqual([
      ["sent", "bind", 1, null],
      ["received", "bind_ack", 1, null],
      ["sent", "alter_context", 2, null],
      ["received", "alter_context_resp", 2, null],
      ["sent", "request", 3, "01020304"],
      ["received", "response", 3, "01020304"],
    ]);
    expect(seen[4]).toMatchObject({ connection: "1", peer: "192.0.2.1:49152", problem: null, length: 112 });
    expect(seen[4]?.pdu).toEqual({
      type: "request",
      flags: 3,
      callId: 3,
      auth: { type: 9, level: 6, padLength: 0, contextId: 1, tokenLength: 16 },
      allocHint: 64,
      contextId: 1,
      opnum: 7,
      object: null,
    });
  });

  it("sees no token", async () => {
    const { seen } = await traced();
    const told = JSON.stringify(seen);
    expect(told).toContain('"tokenLength":5');
    expect(told).not.toContain('"token"');
    for (const secret of ["hello", "proof"]) {
      expect(told).not.toContain(secret);
      expect(told).not.toContain(Buffer.from(secret).toString("hex"));
    }
  });

  it("sees why a PDU was refused", async () => {
    const { seen, server, connection } = await traced();
    const call = echo(connection, STUB).catch(() => null);
    const fragment = server.fragment(await server.requested(1), STUB);
    fragment[30] = (fragment[30] ?? 0) ^ 1;
    server.link.deliver(fragment);
    await call;
    expect(seen.at(-1)).toMatchObject({ problem: "toy signature 0 does not verify", stub: null });
  });

  it("sees PDUs that cannot be decoded", async () => {
    const { seen, server } = await traced();
    server.link.deliver(new Uint8Array(Buffer.from("0500ff03100000001000000000000000", "hex")));
    expect(seen.at(-1)).toMatchObject({ pdu: null, length: 16 });
    expect(seen.at(-1)?.problem).toContain("header.PTYPE");
  });
});
