import { expect, it } from "vitest";
import { run } from "../e2e/support/run.js";
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
});
