import { createServer, type AddressInfo, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { PanwatchError } from "../../src/errors.js";
import { method } from "../../src/ndr/method.js";
import { u32 } from "../../src/ndr/types.js";
import { Association } from "../../src/rpc/association.js";
import { dialTcp } from "../../src/transport/dial.js";
import { deadline } from "../../src/transport/deadline.js";
import { ECHO } from "../rpc/support/binding.js";
import { ScriptedServer } from "../rpc/support/scripted-server.js";
import { ToySecurity } from "../rpc/support/toy-security.js";

const HOST = "127.0.0.1";
const echo = method("Echo", 7, { in: { value: u32 }, out: { value: u32 } });

type Death = "fin" | "reset";

/** A scripted server behind a real socket, which dies when it has sent `budget` bytes. */
async function mortalServer(budget: number, death: Death) {
  const sockets = new Set<Socket>();
  let sent = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    const script = new ScriptedServer({ onRequest: (request, self) => self.respond(request, request.stub) });
    const die = (): void => {
      if (death === "fin") socket.end();
      else socket.resetAndDestroy();
    };
    script.link.deliver = (...pdus) => {
      if (socket.destroyed) return;
      const bytes = Buffer.concat(pdus).subarray(0, budget - sent);
      sent += bytes.length;
      socket.write(bytes, () => {
        if (sent === budget) die();
      });
    };
    socket.on("data", (chunk) => script.link.onSend(chunk));
    if (budget === 0) die();
  });
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { port, sent: () => sent, close };
}

/** Binds, logs on, calls once: what came of it, and how many bytes the server has sent. */
async function session(budget: number, death: Death): Promise<{ error: unknown; sent: number }> {
  const server = await mortalServer(budget, death);
  try {
    const association = await Association.open({
      dial: (signal) => dialTcp({ host: HOST, port: server.port, signal }),
      security: () => Promise.resolve(new ToySecurity()),
      level: "privacy",
      iface: ECHO,
      transferSyntaxes: ["ndr"],
      deadline: () => deadline(20_000),
    });
    expect(await association.call(ECHO, echo, { value: 42 })).toEqual({ value: 42 });
    association.close();
    return { error: null, sent: server.sent() };
  } catch (error) {
    return { error, sent: server.sent() };
  } finally {
    await server.close();
  }
}

describe("a server that dies", () => {
  it.each(["fin", "reset"] as const)(
    "after each byte of a session (%s) ends it with an error by name",
    async (death) => {
      const { sent: whole, error } = await session(Number.POSITIVE_INFINITY, death);
      expect(error).toBeNull();
      const codes = new Set<string>();
      for (let budget = 0; budget < whole; budget++) {
        const outcome = await session(budget, death);
        expect(outcome.error, `${budget} bytes`).toBeInstanceOf(PanwatchError);
        codes.add((outcome.error as PanwatchError).code);
      }
      expect([...codes].sort()).toEqual(["disconnected", "unreachable"]);
    },
  );
});
