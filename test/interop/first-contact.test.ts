import { expect, it } from "vitest";
import { examine, course, SOUND_COURSE } from "../cli/doctor/examining.js";
import type { WatchRequest } from "../../src/watch/watch.js";
import { balloon } from "./support/documents.js";
import { PanServer, type LogEntry } from "./support/pan-server.js";
import { describePeer } from "./support/peer.js";
import { pythonWith } from "./support/python.js";
import { of, watchToEnd } from "./support/watching.js";

/** A server that shows a balloon to everybody who registers. */
const BALLOON = {
  on: "register",
  nth: "every",
  when: "after",
  do: "notify",
  type: "asyncui",
  filter: "all",
  xml: balloon("Jam", "Tray 2"),
};

/** What a real server does that ours did not: each is watched and examined; how many logons have reached the server. */
const CASES: [name: string, args: readonly string[], logons: { watch: number; doctor: number }][] = [
  ["one interface a bind", [], { watch: 1, doctor: 1 }],
  ["several interfaces in a bind", ["--many-contexts"], { watch: 1, doctor: 1 }],
  ["an endpoint mapper that answers nobody who has not logged on", ["--epm-min-level", "5"], { watch: 2, doctor: 2 }],
  ["zero octets behind its tokens", ["--token-zeros", "8"], { watch: 1, doctor: 1 }],
  ["channels that are listed again", ["--list-all-channels"], { watch: 1, doctor: 1 }],
  ["0x80070709 for a queue that it does not have", ["--unknown-queue", "0x80070709"], { watch: 1, doctor: 1 }],
  [
    "all of it",
    ["--epm-min-level", "5", "--token-zeros", "8", "--list-all-channels", "--unknown-queue", "0x80070709"],
    { watch: 2, doctor: 2 },
  ],
];

describePeer("the first contact with a foreign server", pythonWith(["impacket"]), (python) => {
  it.each(CASES)("%s: a watch is clean and breaks no rule", async (_name, args, logons) => {
    await using server = await PanServer.start({ python, args, steps: [BALLOON] });
    const { events, outcome } = await watchToEnd(request(server, { limit: 1 }));
    expect(outcome).toMatchObject({ reason: "count", error: null });
    expect(of(events, "error")).toEqual([]);
    const summary = await server.stop();
    expect(await server.violations()).toEqual([]);
    expect(summary).toMatchObject({ clean: true, must: 0, should: 0 });
    expect(attempts(await server.log())).toBe(logons.watch);
  });

  it.each(CASES)("%s: doctor finds everything in order and breaks no rule", async (_name, args, logons) => {
    await using server = await PanServer.start({ python, args });
    const examined = await examine({ server: server.address, printer: "HP4", connection: { epmPort: server.epmPort } });
    expect(course(examined)).toEqual(SOUND_COURSE);
    const summary = await server.stop();
    expect(await server.violations()).toEqual([]);
    expect(summary).toMatchObject({ clean: true, must: 0, should: 0 });
    expect(attempts(await server.log())).toBe(logons.doctor);
  });

  it("an endpoint mapper that refuses the logon too names the policy and --port, and nothing else is tried", async () => {
    await using server = await PanServer.start({ python, args: ["--epm-min-level", "6"] });
    const { outcome } = await watchToEnd(request(server));
    expect(outcome.error).toMatchObject({
      code: "unreachable",
      message: expect.stringContaining("refuses to answer, after the logon too") as string,
      hint: expect.stringMatching(/RestrictRemoteClients.*connection\.port/) as string,
    });
    expect(attempts(await server.log())).toBe(1);
    const examined = await examine({ server: server.address, connection: { epmPort: server.epmPort } });
    expect(course(examined).at(-1)).toEqual(["endpoint-map", false]);
    const [last] = examined.steps.slice(-1);
    expect(last?.advice?.causes.join()).toContain("RestrictRemoteClients");
    expect(last?.advice?.look.join()).toContain("--port");
  });

  it("a wrong password is final at the endpoint mapper too: one logon, also when the server is waited for", async () => {
    await using server = await PanServer.start({ python, args: ["--epm-min-level", "5"] });
    const { outcome } = await watchToEnd(request(server, { password: "wrong", retry: { waitForServer: true } }));
    expect(outcome.error).toMatchObject({ code: "authentication", isFinal: true });
    expect(attempts(await server.log())).toBe(1);
  });

  it("that multiplexes, but serves the calls of a connection one after the other, is asked for no more than that", async () => {
    // The second and the third registration wait behind the first one's parked poll, for ever.
    const stuck = { on: "create", nth: [2, 3], do: "noReply" };
    await using server = await PanServer.start({ python, steps: [stuck, BALLOON] });
    const notices: string[] = [];
    const notice = (text: string, level: string): void => void (level === "warn" && notices.push(text));
    const { events, outcome } = await watchToEnd(request(server, { limit: 2, notice }));
    expect(outcome).toMatchObject({ reason: "count", error: null });
    expect(of(events, "reconnecting")).toHaveLength(1);
    expect(notices).toEqual([
      expect.stringMatching(
        /did not answer IRPCRemoteObject_Create while .* from now on each call in flight has a con/,
      ),
    ]);
    await server.stop();
    // What the first association held went with it: nothing could be asked on it any more.
    const codes = (await server.violations()).map((text) => text.split(" ")[0]);
    expect(codes.sort()).toEqual(["PAN-OBJ-NOT-DELETED", "PAN-REG-NOT-UNREGISTERED"]);
  });
});

function request(server: PanServer, changes: Partial<WatchRequest> = {}): WatchRequest {
  return { server: server.address, connection: { epmPort: server.epmPort }, ...changes };
}

/** Logons that the server has judged, whatever came of them. */
function attempts(log: readonly LogEntry[]): number {
  return log.filter(({ ev, done, error }) => ev === "authLeg" && (done === true || error !== undefined)).length;
}
