import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { encodeUtf16 } from "../../src/bytes/utf16.js";
import { ASYNC_UI } from "../../src/pan/types.js";
import { PrintServer } from "../../src/print-server/print-server.js";
import { run } from "../e2e/support/run.js";
import { eventually } from "../support/eventually.js";
import { messageBox } from "./support/documents.js";
import { PanServer, PASSWORD, USER } from "./support/pan-server.js";
import { describePeer } from "./support/peer.js";
import { pythonWith } from "./support/python.js";

function commandFor(server: PanServer, ...args: readonly string[]): ReturnType<typeof run> {
  const connection = ["-U", USER, "--kerberos", "off", "--epm-port", String(server.epmPort), server.address];
  return run([...args, "-o", "json", ...connection], { env: { PANWATCH_PASSWORD: PASSWORD } });
}

function titles(stdout: string): unknown[] {
  const lines = stdout.split("\n").filter((line) => line.includes('"notification.messageBox"'));
  return lines.map((line) => (JSON.parse(line) as { title: string }).title).sort();
}

const VARIANTS: [name: string, args: readonly string[]][] = [
  ["as it is", []],
  ["naming channels again that nobody has acquired", ["--list-all-channels"]],
  ["without multiplexing", ["--no-mpx"]],
];

describePeer("boxes that wait on the independent print server", pythonWith(["impacket"]), (python) => {
  it.each(VARIANTS)(
    "%s: [MS-PAN] 3.1.1.4.3 pending lists all, answer takes one, no rule is broken",
    async (_name, args) => {
      await using server = await PanServer.start({ python, args });
      for (const title of ["Paper", "Toner", "Door"]) {
        const open = { do: "openChannel", channel: title, type: "asyncui", filter: "all", xml: messageBox(title) };
        await server.control(open);
      }
      const listed = await commandFor(server, "pending");
      expect(listed.code).toBe(0);
      expect(titles(listed.stdout)).toEqual(["Door", "Paper", "Toner"]);
      const answered = await commandFor(server, "answer", "--match", "title=Toner", "--button", "7");
      expect(answered.code).toBe(0);
      expect(titles((await commandFor(server, "pending")).stdout)).toEqual(["Door", "Paper"]);
      const summary = await server.stop();
      expect(await server.violations()).toEqual([]);
      expect(summary).toMatchObject({ clean: true, must: 0, should: 0 });
      const replies = (await server.log()).filter(({ ev }) => ev === "asyncuiReply");
      expect(replies).toHaveLength(1);
    },
  );

  const open = { do: "openChannel", channel: "jam", type: "asyncui", filter: "all" };
  const answer = ["--match", "title=Paper", "--button", "7"];

  /** Once both clients wait for what the channel will say, they are told at once. */
  async function tell(server: PanServer): Promise<void> {
    await server.control({ do: "wait", parked: "GetNotificationSendResponse", count: 2, timeout: 20 });
    await server.control({ do: "channelNotify", channel: "jam", xml: messageBox("Paper") });
  }

  it("[MS-PAN] 3.1.1.4.6 two answers race for one: the server decides, one ends with 0 and the other with 9", async () => {
    await using server = await PanServer.start({ python });
    await server.control(open);
    const commands = [commandFor(server, "answer", ...answer), commandFor(server, "answer", ...answer)];
    await tell(server);
    const codes = (await Promise.all(commands)).map(({ code }) => code);
    expect(codes.sort()).toEqual([0, 9]);
    expect(await server.stop()).toMatchObject({ must: 0, should: 0 });
  });

  it("an answer and the independent client race for one: one of them has it", async () => {
    await using server = await PanServer.start({ python });
    await server.control(open);
    const other = independentClient(["--server", server.address, "--epm-port", `${server.epmPort}`]);
    const command = commandFor(server, "answer", ...answer);
    await tell(server);
    expect([(await command).code, await other]).toSatisfy(isDecided);
    expect(await server.violations()).toEqual([]);
  });

  it("the embedded server decides between an answer and the independent client", async () => {
    await using server = await PrintServer.start({ users: [{ name: USER, password: PASSWORD }] });
    const channel = server.openChannel({ type: ASYNC_UI, data: null });
    let waiting = 0;
    server.on((event) => {
      if (event.type === "client.waiting" && event.channel === channel.id) waiting += 1;
    });
    const other = independentClient(["--server", "127.0.0.1", "--port", `${server.port}`]);
    const access = ["-U", USER, "--kerberos", "off", "--port", `${server.port}`];
    const command = run(["answer", "127.0.0.1", ...access, ...answer], { env: { PANWATCH_PASSWORD: PASSWORD } });
    await eventually(() => expect(waiting).toBe(2));
    channel.notify(encodeUtf16(messageBox("Paper")));
    expect([(await command).code, await other]).toSatisfy(isDecided);
  });

  /** Answers the first box that comes by the client that is not ours; gives the result of its CloseChannel. */
  async function independentClient(way: readonly string[]): Promise<string> {
    const who = ["--user", USER, "--password", PASSWORD, "--spn", "host/127.0.0.1", "--style", "bidi", "--answer", "7"];
    const { stdout } = await promisify(execFile)(python, [CLIENT, ...way, ...who]).catch((error: unknown) => {
      // It ends with 1 when the server did not take its answer.
      return error as { stdout: string };
    });
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { ev: string; hr?: string });
    return lines.find(({ ev }) => ev === "channelClosed")?.hr ?? stdout;
  }
});

const CLIENT = fileURLToPath(new URL("peer/pan_client.py", import.meta.url));

/** One answer was accepted, and who gave the other knows that it was not. */
function isDecided([exit, hresult]: readonly unknown[]): boolean {
  return (exit === 0 && hresult === "0x00040010") || (exit === 9 && hresult === "0x00000000");
}
