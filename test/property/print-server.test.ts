import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeRequest } from "../../src/ndr/method.js";
import { closeChannel, getNotificationSendResponse } from "../../src/pan/idl.js";
import { NULL_HANDLE } from "../../src/ndr/types.js";
import { ASYNC_UI } from "../../src/pan/types.js";
import { NtlmAcceptor } from "../../src/security/ntlm/acceptor.js";
import { SpnegoAcceptor } from "../../src/security/spnego/acceptor.js";
import { encodePdu } from "../rpc/support/encode-pdu.js";
import { WHOLE } from "../../src/rpc/pdu/types.js";
import { bind, bindNdr, OpenServer, request, STUBS } from "../rpc/server/wire.js";

const RESPONSE = { InSize: 4, pInNotificationType: ASYNC_UI };
const DATA = Uint8Array.of(1, 2, 3, 4);

/** What a client of ours may say after its bind, call by call. */
const REQUESTS = [
  request({ callId: 2, contextId: 0, stub: STUBS.create }),
  request({ callId: 3, contextId: 2, stub: STUBS.register }),
  request({ callId: 4, contextId: 2, opnum: 5, stub: STUBS.getNotification }),
  request({ callId: 5, contextId: 2, opnum: 3, stub: STUBS.getNotification }),
  request({
    callId: 6,
    contextId: 2,
    opnum: 4,
    stub: encodeRequest(getNotificationSendResponse, "ndr", {
      ...RESPONSE,
      pChannel: NULL_HANDLE,
      pInNotificationData: DATA,
    }),
  }),
  request({
    callId: 7,
    contextId: 2,
    opnum: 6,
    stub: encodeRequest(closeChannel, "ndr", { ...RESPONSE, pChannel: NULL_HANDLE, pReason: DATA }),
  }),
  encodePdu({ type: "co_cancel", flags: WHOLE, callId: 4, auth: null }),
  encodePdu({ type: "orphaned", flags: WHOLE, callId: 5, auth: null }),
];

/** A NEGOTIATE message in SPNEGO, as the first leg of a logon. */
const LOGON = {
  type: 9,
  level: 6,
  padLength: 0,
  contextId: 1,
  token: Buffer.from(
    "604806062b0601050502a03e303ca00e300c060a2b06010401823702020aa22a04284e544c4d5353500001000000978208e2000000000000000000000000000000000a0039380000000f",
    "hex",
  ),
};

/** Bytes changed, taken away or put in at random places. */
const mutations = fc.array(
  fc.record({
    at: fc.nat(2000),
    how: fc.constantFrom("set", "remove", "insert", "zero"),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }),
  }),
  { minLength: 1, maxLength: 6 },
);

function mutate(original: Uint8Array, changes: readonly { at: number; how: string; bytes: Uint8Array }[]): Uint8Array {
  let bytes = Buffer.from(original);
  for (const { at: place, how, bytes: fresh } of changes) {
    const at = place % (bytes.length + 1);
    const rest = how === "insert" ? at : at + fresh.length;
    const middle = how === "remove" ? Buffer.alloc(0) : how === "zero" ? Buffer.alloc(fresh.length) : fresh;
    bytes = Buffer.concat([bytes.subarray(0, at), middle, bytes.subarray(rest)]);
  }
  return new Uint8Array(bytes);
}

/** Whether a fresh client is still served. */
async function serves(server: OpenServer): Promise<boolean> {
  const [ack] = await server.connect().exchange(bind());
  return ack?.type === "bind_ack";
}

describe("the print server, whatever clients send", () => {
  it("answers or hangs up on changed sessions, and goes on serving others", async () => {
    await fc.assert(
      fc.asyncProperty(mutations, fc.shuffledSubarray(REQUESTS, { minLength: 1 }), async (changes, requests) => {
        const server = new OpenServer();
        const wire = server.connect();
        await wire.exchange(mutate(Buffer.concat([bindNdr(), ...requests]), changes));
        wire.hangUp();
        expect(server.bugs).toEqual([]);
        expect(server.model.registrations).toBe(0);
        expect(await serves(server)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it("answers or hangs up on changed requests of a session that began well", async () => {
    await fc.assert(
      fc.asyncProperty(mutations, fc.constantFrom(...REQUESTS), async (changes, original) => {
        const server = new OpenServer();
        const wire = server.connect();
        await wire.exchange(bindNdr(), mutate(original, changes));
        expect(server.bugs).toEqual([]);
        expect(await serves(server)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it("answers or hangs up on changed logons", async () => {
    await fc.assert(
      fc.asyncProperty(mutations, async (changes) => {
        const users = [{ name: "alice", secret: { kind: "password", password: "x" } as const }];
        const ntlm = () => new NtlmAcceptor({ users, computer: "C", domain: "D" });
        const server = new OpenServer({ security: () => new SpnegoAcceptor({ mechanisms: [ntlm()] }) });
        await server.connect().exchange(mutate(bind({ auth: LOGON }), changes));
        expect(server.bugs).toEqual([]);
        expect(await serves(server)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it("understands a session however the stream is cut into chunks", async () => {
    const session = Buffer.concat([bindNdr(), ...REQUESTS]);
    const whole = await new OpenServer().connect().exchange(session);
    const shape = (pdus: readonly object[]): unknown =>
      pdus.map((pdu) => ("status" in pdu ? pdu.status : "type" in pdu && pdu.type));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(session.length), { maxLength: 40 }), async (cuts) => {
        const places = [0, ...cuts, session.length].sort((a, b) => a - b);
        const chunks = places.slice(1).map((end, i) => session.subarray(places[i], end));
        const answers = await new OpenServer().connect().exchange(...chunks);
        expect(shape(answers)).toEqual(shape(whole));
      }),
      { numRuns: 100 },
    );
  });
});
