import { expect, it } from "vitest";
import { PanwatchError, type ErrorCode } from "../../src/errors.js";
import { IRPCRemoteObject, create } from "../../src/pan/idl.js";
import { Association } from "../../src/rpc/association.js";
import { NtlmInitiator } from "../../src/security/ntlm/initiator.js";
import { SpnegoInitiator } from "../../src/security/spnego/initiator.js";
import { deadline } from "../../src/transport/deadline.js";
import { dialTcp } from "../../src/transport/dial.js";
import { PanServer, PASSWORD, USER } from "./support/pan-server.js";
import { describePeer } from "./support/peer.js";
import { pythonWith } from "./support/python.js";

/** What the independent server does to a PDU after it was signed; see its README. */
interface Mutation {
  readonly what: string;
  readonly value?: number;
  readonly offset?: number;
}

/** Long enough for a local server, short enough to wait for where a mutation leaves the client without an answer. */
const PATIENCE_MS = 400;

function open(server: PanServer): Promise<Association> {
  const secret = () => Promise.resolve({ kind: "password", password: PASSWORD } as const);
  const targetName = `host/${server.address}`;
  return Association.open({
    dial: (signal) => dialTcp({ host: server.address, port: server.port, signal }),
    security: () => {
      const ntlm = new NtlmInitiator({ user: USER, domain: null, secret, targetName });
      return Promise.resolve(new SpnegoInitiator(ntlm));
    },
    level: "privacy",
    iface: IRPCRemoteObject,
    transferSyntaxes: ["ndr64", "ndr"],
    deadline: () => deadline(PATIENCE_MS),
  });
}

/** Logs on and creates two remote objects; the code of the error that ended it. */
async function session(server: PanServer): Promise<ErrorCode | "none"> {
  let association: Association | null = null;
  try {
    association = await open(server);
    for (let i = 0; i < 2; i++)
      await association.call(IRPCRemoteObject, create, {}, { signal: AbortSignal.timeout(PATIENCE_MS) });
    return "none";
  } catch (error) {
    expect(error).toBeInstanceOf(PanwatchError);
    return (error as PanwatchError).code;
  } finally {
    association?.close();
  }
}

const CHANGES: readonly [Mutation, inBindAck: ErrorCode, inAlterResp: ErrorCode, inResponse: ErrorCode][] = [
  [{ what: "flipSignature" }, "authentication", "integrity", "integrity"],
  [{ what: "callId" }, "protocol", "protocol", "integrity"],
  [{ what: "ptype_to", value: 3 }, "unreachable", "authentication", "integrity"],
  [{ what: "ptype_to", value: 11 }, "protocol", "protocol", "protocol"],
  [{ what: "ptype_to", value: 99 }, "protocol", "protocol", "protocol"],
  [{ what: "fragLen", value: 8 }, "unreachable", "protocol", "protocol"],
  [{ what: "fragLen", value: 40 }, "protocol", "protocol", "protocol"],
  [{ what: "fragLen", value: 65_000 }, "unreachable", "unreachable", "protocol"],
  [{ what: "authLen", value: 0 }, "protocol", "protocol", "integrity"],
  [{ what: "authLen", value: 60_000 }, "protocol", "protocol", "protocol"],
  [{ what: "version" }, "unreachable", "protocol", "protocol"],
  [{ what: "drep" }, "unreachable", "protocol", "protocol"],
  [{ what: "flags", value: 0 }, "protocol", "protocol", "integrity"],
  [{ what: "noAuth" }, "protocol", "protocol", "integrity"],
  [{ what: "authLevel" }, "protocol", "protocol", "protocol"],
  [{ what: "authType" }, "protocol", "protocol", "protocol"],
  [{ what: "padLen" }, "protocol", "protocol", "protocol"],
  [{ what: "authCtx" }, "protocol", "protocol", "protocol"],
  [{ what: "truncate" }, "unreachable", "unreachable", "timeout"],
];

/** Mutates the answer of the n-th session's event with the n-th mutation. */
function steps(on: string, ptype: string, mutations: readonly Mutation[]): object[] {
  return mutations.map((mutation, index) => ({ on, nth: index + 1, do: "mutate", ptype, ...mutation }));
}

describePeer("a hostile server", pythonWith(["impacket"]), (python) => {
  it.each([
    ["bind", "bind_ack", 1],
    ["alter", "alter_context_resp", 2],
    ["auth", "response", 3],
  ] as const)("at %s: each change of its %s ends in the error it deserves", async (on, ptype, column) => {
    await using server = await PanServer.start({
      python,
      steps: steps(
        on,
        ptype,
        CHANGES.map(([what]) => what),
      ),
    });
    for (const change of CHANGES)
      expect([change[0], await session(server)], ptype).toEqual([change[0], change[column]]);
    expect(await session(server)).toBe("none");
  });

  it("whose answer comes twice, or is an older one again, is found out", async () => {
    const mutations = [{ what: "duplicate" }, { what: "replayPrevious" }];
    await using server = await PanServer.start({ python, steps: steps("auth", "response", mutations) });
    // The first answer was good; the association is over before the second call is answered.
    expect(["disconnected", "integrity"]).toContain(await session(server));
    expect(await session(server)).toBe("integrity");
  });
});
