import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../../src/bytes/hex.js";
import { NoInterfaceError, PanwatchError, ProtocolError, UnreachableError } from "../../../src/errors.js";
import { AnonymousRefusedError, mapEndpoint } from "../../../src/rpc/endpoint-mapper/map-endpoint.js";
import type { RpcInterface } from "../../../src/rpc/interface.js";
import * as golden from "../../golden/ept-map-vectors.js";
import { ASYNC_NOTIFY } from "../../golden/rpc-vectors.js";
import { ScriptedServer, type ReceivedRequest, type ScriptOptions } from "../support/scripted-server.js";

const iface: RpcInterface = { name: "IRPCAsyncNotify", ...ASYNC_NOTIFY };

function map(script: ScriptOptions, signal = new AbortController().signal) {
  const server = new ScriptedServer(script);
  const port = mapEndpoint({ dial: () => Promise.resolve(server.link), iface, deadline: () => signal });
  return { server, port };
}

const answer = (text: string): ScriptOptions => ({
  onRequest: (request: ReceivedRequest, server: ScriptedServer) => server.respond(request, fromHex(text)),
});

describe("mapEndpoint", () => {
  it("takes the port of floor 4 and leaves the mapper", async () => {
    const { server, port } = map(answer(golden.RESPONSE));
    expect(await port).toBe(49668);
    expect(server.requests).toMatchObject([{ opnum: 3 }]);
    expect(toHex(server.requests[0]?.stub ?? new Uint8Array())).toBe(toHex(fromHex(golden.REQUEST)));
    expect(server.received.map(({ type, auth }) => [type, auth])).toEqual([
      ["bind", null],
      ["request", null],
    ]);
    expect(server.link.state).toBe("destroyed");
  });

  it.each([
    ["not registered", golden.NOT_REGISTERED],
    ["a tower for another interface", golden.SAMBA_RESPONSE],
    ["port 0", golden.RESPONSE.replace("c204", "0000")],
  ])("%s is a NoInterfaceError that tells where to look", async (_what, text) => {
    const error = await rejection(map(answer(text)).port);
    expect(error).toBeInstanceOf(NoInterfaceError);
    expect(error.message).toBe("the endpoint mapper at 192.0.2.1:49152 knows no TCP port for IRPCAsyncNotify");
    expect(error.hint).toContain("RegisterSpoolerRemoteRpcEndPoint");
  });

  it("another status is unreachable, with its number", async () => {
    const error = await rejection(map(answer(golden.NOT_REGISTERED.replace("d6a0c916", "05000000"))).port);
    expect(error).toMatchObject({ code: "unreachable", stage: "endpoint-map" });
    expect(error.message).toContain("status 0x00000005");
  });

  it("a malformed answer is a ProtocolError that names field and offset", async () => {
    const error = await rejection(map(answer("00")).port);
    expect(error).toBeInstanceOf(ProtocolError);
    expect(error.message).toContain("ept_map.entry_handle at offset 0: needs 20 bytes, 1 left");
  });

  it("a fault is unreachable, with its name", async () => {
    const error = await rejection(map({ onRequest: (request, server) => server.fault(request, 14) }).port);
    expect(error).toMatchObject({ code: "unreachable", stage: "endpoint-map" });
    expect(error.message).toContain("0x0000000E");
  });

  it("the fault access denied says that a logon is wanted, and names the policy and --port", async () => {
    const error = await rejection(map({ onRequest: (request, server) => server.fault(request, 5) }).port);
    expect(error).toBeInstanceOf(AnonymousRefusedError);
    expect(error).toMatchObject({ code: "unreachable", stage: "endpoint-map" });
    expect(error.message).toContain("answers nobody who has not logged on");
    expect(error.hint).toMatch(/RestrictRemoteClients.*connection\.port/);
  });

  it.each([
    ["bind", { onBind: () => null }],
    ["request", {}],
  ])("a connection that ends at the %s is unreachable", async (type, script) => {
    const { server, port } = map(script);
    const failure = rejection(port);
    while (server.received.at(-1)?.type !== type) await Promise.resolve();
    server.link.end();
    expect(await failure).toMatchObject({ code: "unreachable", stage: "endpoint-map" });
  });

  it("a bind that is refused is unreachable at this stage", async () => {
    const script: ScriptOptions = {
      onBind: ({ callId }) => ({ type: "bind_nak", flags: 3, callId, auth: null, reason: 2 }),
    };
    expect(await rejection(map(script).port)).toMatchObject({ code: "unreachable", stage: "endpoint-map" });
  });

  it("an answer that does not come in time is unreachable at this stage", async () => {
    const controller = new AbortController();
    const { server, port } = map({}, controller.signal);
    const failure = rejection(port);
    await server.requested(1);
    controller.abort(new DOMException("10 s passed", "TimeoutError"));
    expect(await failure).toMatchObject({ code: "unreachable", stage: "endpoint-map" });
    expect(server.link.state).toBe("destroyed");
  });

  it("passes on why it could not connect", async () => {
    const refusal = new UnreachableError("connect", "refused");
    const port = mapEndpoint({
      dial: () => Promise.reject(refusal),
      iface,
      deadline: () => new AbortController().signal,
    });
    expect(await rejection(port)).toBe(refusal);
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
