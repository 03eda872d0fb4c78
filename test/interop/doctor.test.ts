import { expect, it } from "vitest";
import {
  course,
  examine,
  SERVER_COURSE,
  SOUND_COURSE,
  table,
  type Examined,
  type ExaminedOptions,
} from "../cli/doctor/examining.js";
import type { ConnectionOptions } from "../../src/pan/connection-options.js";
import { messageBox } from "./support/documents.js";
import { PanServer, type Summary } from "./support/pan-server.js";
import { describePeer } from "./support/peer.js";
import { pythonWith } from "./support/python.js";

const VARIANTS: [name: string, args: readonly string[], connection?: Partial<ConnectionOptions>][] = [
  ["as it is", []],
  ["without NDR64", ["--no-ndr64"]],
  ["without NDR", ["--no-ndr"]],
  ["without header signing", ["--no-hdrsign"]],
  ["without multiplexing", ["--no-mpx"]],
  ["that is asked for no multiplexing", [], { multiplex: false }],
  ["accepting several interfaces in a bind", ["--many-contexts"]],
  ["accepting several interfaces in a bind without multiplexing", ["--many-contexts", "--no-mpx"]],
  ["without feature negotiation", ["--no-btfn"]],
  ["with signed faults", ["--fault-auth", "sign"]],
  ["with errors as faults", ["--errors-as", "fault"]],
  ["at level packet", ["--min-level", "4"], { level: "packet" }],
];

interface Run extends Examined {
  readonly summary: Summary;
  readonly violations: readonly string[];
}

describePeer("a diagnosis of the independent print server", pythonWith(["impacket"]), (python) => {
  async function run(
    args: readonly string[],
    options: ExaminedOptions = {},
    steps: readonly object[] = [],
  ): Promise<Run> {
    await using server = await PanServer.start({ python, args, steps });
    const connection = { epmPort: server.epmPort, ...options.connection };
    const examined = await examine({ server: server.address, ...options, connection });
    const summary = await server.stop();
    return { ...examined, summary, violations: await server.violations() };
  }

  it.each(VARIANTS)(
    "%s: finds everything in order, leaves it clean, and breaks no rule",
    async (...[, args, connection]) => {
      const admins = ["--admins", "bob", "--queues", "HP4"];
      const examined = await run([...admins, ...args], { printer: "HP4", connection: connection ?? {} });
      expect(course(examined)).toEqual(SOUND_COURSE);
      expect(table(examined)).toEqual([
        "server per-user uni ok",
        "server per-user bidi ok",
        "server all-users uni denied",
        "server all-users bidi denied",
        "printer per-user uni ok",
        "printer per-user bidi ok",
        "printer all-users uni denied",
        "printer all-users bidi denied",
      ]);
      expect(examined.outcome).toEqual({ failedStep: null, error: null, registrations: "both", queue: "HP4" });
      expect(examined.violations).toEqual([]);
      expect(examined.summary).toMatchObject({ clean: true, must: 0, should: 0 });
    },
  );

  it("tells an administrator that he may watch all users", async () => {
    const examined = await run(["--admins", "alice"]);
    expect(table(examined).every((row) => row.endsWith(" ok"))).toBe(true);
    expect(examined.violations).toEqual([]);
  });

  it.each([
    ["meanwhile", { on: "register", nth: 2, when: "after" }],
    ["while it leaves", { on: "unregister", nth: 1, when: "before" }],
  ])("gives a message box back that is opened %s ([MS-PAN] 3.1.1.4.6)", async (_when, trigger) => {
    const open = { do: "openChannel", channel: "box", type: "asyncui", filter: "all", xml: messageBox("Q") };
    const examined = await run([], {}, [{ ...trigger, ...open }]);
    expect(course(examined)).toEqual(SERVER_COURSE);
    expect(examined.violations).toEqual([]);
    expect(examined.summary).toMatchObject({ clean: true, unfiredSteps: [] });
  });

  it("an account that is denied is told so for each way to register, and nothing is tried twice (3.1.1.4.1)", async () => {
    const examined = await run(["--deny", "alice"]);
    expect(course(examined).slice(-2)).toEqual([
      ["register", false],
      ["delete", true],
    ]);
    expect(table(examined).every((row) => row.endsWith(" denied"))).toBe(true);
    expect(examined.outcome).toMatchObject({ failedStep: "register", error: { hresult: 0x80070005 } });
    expect(examined.violations).toEqual([]);
    expect(examined.summary).toMatchObject({ clean: true, calls: { RegisterClient: 8 } });
  });

  it("a printer that there is not is asked for once (3.1.1.4.1), and the whole server is tried all the same", async () => {
    const examined = await run(["--queues", "HP4"], { printer: "HP5" });
    expect(table(examined)).toEqual([
      "server per-user uni ok",
      "server per-user bidi ok",
      "server all-users uni ok",
      "server all-users bidi ok",
      "printer per-user uni error",
      "printer per-user bidi untried",
      "printer all-users uni untried",
      "printer all-users bidi untried",
    ]);
    expect(examined.outcome).toMatchObject({ failedStep: "register", error: { hresult: 0x8007007b } });
    expect(examined.violations).toEqual([]);
    expect(examined.summary).toMatchObject({ clean: true });
  });

  it.each([
    ["as result", {}],
    ["as fault", { fault: "0x8007071A" }],
  ])("after 0x8007071A %s nothing but Unregister and Delete follows (3.1.1.4.3, .5)", async (_how, how) => {
    const examined = await run([], {}, [{ on: "register", nth: 2, when: "before", do: "terminate", ...how }]);
    expect(examined.outcome.error).toMatchObject({ hresult: 0x8007071a });
    expect(table(examined)).toHaveLength(8);
    for (const row of table(examined).slice(2)) expect(row).toMatch(/ untried$/);
    expect(course(examined).slice(-2)).toEqual([
      ["unregister", true],
      ["delete", true],
    ]);
    expect(examined.violations).toEqual([]);
    expect(examined.summary).toMatchObject({ clean: true });
  });

  it("a Create that fails is not repeated (3.1.2.4.1)", async () => {
    const examined = await run([], {}, [{ on: "create", do: "hresult", code: "0x8007000E", nth: "every" }]);
    expect(course(examined).at(-1)).toEqual(["create", false]);
    expect(examined.access).toEqual([]);
    expect(examined.violations).toEqual([]);
    expect(examined.summary.calls).toMatchObject({ Create: 1 });
  });

  it("a logon that fails is not repeated", async () => {
    const identity = { secret: () => Promise.resolve({ kind: "password", password: "wrong" } as const) };
    const examined = await run([], { identity });
    expect(course(examined).at(-1)).toEqual(["logon", false]);
    expect(examined.outcome).toMatchObject({ failedStep: "logon", error: { code: "authentication" } });
    expect(examined.violations).toEqual([]);
  });

  it.each([
    ["create", "fin"],
    ["register", "rst"],
    ["unregister", "rst"],
    ["delete", "fin"],
  ])("a connection that is lost in %s is told there", async (on, how) => {
    const examined = await run([], {}, [{ on, nth: 1, do: "dropConnection", how, when: "before" }]);
    const failed = examined.steps.find(({ ok }) => ok === false);
    expect(examined.outcome.error?.code).toBe("disconnected");
    // The first object that is unregistered and deleted is one of the table's.
    expect(failed?.step).toBe(on === "delete" ? "unregister" : on);
    expect(examined.violations).toEqual([]);
  });

  it("an Unregister that fails is told, is not repeated (3.1.1.4.2), and the rest is left in order", async () => {
    const examined = await run([], {}, [
      { on: "unregister", nth: 1, do: "hresult", code: "0x8007000E", perform: true },
    ]);
    expect(course(examined).slice(-3)).toEqual([
      ["unregister", false],
      ["unregister", true],
      ["delete", true],
    ]);
    expect(examined.outcome).toMatchObject({ failedStep: "unregister", error: { hresult: 0x8007000e } });
    expect(examined.violations).toEqual([]);
    expect(examined.summary).toMatchObject({ clean: true });
  });

  it("is interrupted while a call is not answered: everything else is left in order", async () => {
    const steps = [{ on: "register", nth: 2, do: "noReply" }];
    await using server = await PanServer.start({ python, steps });
    const controller = new AbortController();
    const waiting = server.control({ do: "wait", calls: { RegisterClient: 2 } }).then(() => controller.abort());
    const connection = { epmPort: server.epmPort };
    const examined = await examine({ server: server.address, connection, signal: controller.signal });
    await waiting;
    expect(examined.access).toHaveLength(1);
    expect(course(examined).slice(-3)).toEqual([
      ["register", true],
      ["unregister", true],
      ["delete", true],
    ]);
    const { calls } = await server.stop();
    expect(calls).toMatchObject({ Create: 2, RegisterClient: 2, UnregisterClient: 1, Delete: 1 });
  });

  it("an endpoint mapper without the interface is told as such", async () => {
    const examined = await run([], {}, [{ on: "epmMap", do: "epm", status: "0x16C9A0D6", nth: "every" }]);
    expect(course(examined).at(-1)).toEqual(["endpoint-map", false]);
    expect(examined.outcome).toMatchObject({ failedStep: "endpoint-map", error: { code: "no-interface" } });
    expect(examined.steps.at(-1)?.advice?.causes.join()).toContain("RegisterSpoolerRemoteRpcEndPoint");
  });
});
