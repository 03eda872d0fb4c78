import { createServer, type AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { PanwatchError } from "../../src/errors.js";
import { deadline } from "../../src/transport/deadline.js";
import { dialTcp } from "../../src/transport/dial.js";
import { listenTcp } from "../../src/transport/listen.js";
import { resolveHost } from "../../src/transport/resolve.js";

const never = new AbortController().signal;
const timedOut = () => AbortSignal.abort(new DOMException("10 s passed", "TimeoutError"));

/** A port on which nothing listens: one that was free a moment ago. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe("dialling", () => {
  it("a port where nothing listens says that it was refused, by whom, and what to check", async () => {
    const port = await closedPort();
    const error = await rejection(dialTcp({ host: "127.0.0.1", port, signal: never }));
    expect(error).toMatchObject({
      code: "unreachable",
      stage: "connect",
      message: `127.0.0.1:${port} refused the connection`,
    });
    expect(error.hint).toContain("nothing listens there");
  });

  it("names the host as it was given, not its address", async () => {
    const port = await closedPort();
    const error = await rejection(dialTcp({ host: "localhost", port, signal: never }));
    expect(error.message).toBe(`localhost:${port} refused the connection`);
  });

  it("several addresses tries them in turn and says which accepted", async () => {
    const listener = await listenTcp({ host: "127.0.0.1", port: 0, onLink: () => undefined });
    const addresses = ["127.0.0.2", "127.0.0.1"];
    const link = await dialTcp({ host: "print1", addresses, port: listener.port, signal: never });
    expect(link).toMatchObject({ address: "127.0.0.1", peer: `127.0.0.1:${listener.port}` });
    link.destroy();
    await listener.close();
  });

  it("that takes too long is unreachable", async () => {
    const error = await rejection(dialTcp({ host: "127.0.0.1", port: 9, signal: timedOut() }));
    expect(error).toMatchObject({ code: "unreachable", stage: "connect" });
    expect(error.message).toBe("127.0.0.1:9 did not accept a connection in time");
  });

  it("that the caller gives up is aborted", async () => {
    const error = await rejection(dialTcp({ host: "127.0.0.1", port: 9, signal: AbortSignal.abort() }));
    expect(error.code).toBe("aborted");
  });
});

describe("resolving", () => {
  it("takes addresses as they are", async () => {
    expect(await resolveHost({ host: "192.0.2.7", signal: never })).toEqual(["192.0.2.7"]);
    expect(await resolveHost({ host: "2001:db8::1", signal: never })).toEqual(["2001:db8::1"]);
  });

  it("asks the system for names", async () => {
    expect(await resolveHost({ host: "localhost", signal: never })).toContain("127.0.0.1");
  });

  it("of a name that does not exist is unreachable at this stage", async () => {
    // RFC 6761 keeps "invalid" free of names.
    const error = await rejection(resolveHost({ host: "print1.invalid", signal: never }));
    expect(error).toMatchObject({ code: "unreachable", stage: "resolve" });
    expect(error.message).toContain("print1.invalid");
    expect(error.hint).toContain("connection.targetIp");
  });

  it("that takes too long is unreachable at this stage", async () => {
    const error = await rejection(resolveHost({ host: "print1.invalid", signal: timedOut() }));
    expect(error).toMatchObject({ stage: "resolve", message: "the name print1.invalid was not resolved in time" });
  });
});

describe("a deadline", () => {
  it("ends with a TimeoutError", async () => {
    const signal = deadline(1);
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    expect(signal.reason).toMatchObject({ name: "TimeoutError" });
  });

  it("ends with the reason of another signal, when that comes first", () => {
    const controller = new AbortController();
    const signal = deadline(60_000, undefined, controller.signal);
    const reason = new Error("left");
    controller.abort(reason);
    expect(signal.reason).toBe(reason);
  });
});

async function rejection(promise: Promise<unknown>): Promise<PanwatchError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(PanwatchError);
  return error as PanwatchError;
}
