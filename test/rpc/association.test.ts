import { describe, expect, it, onTestFinished, vi } from "vitest";
import { DecodeError, DisconnectedError, UnreachableError } from "../../src/errors.js";
import type { BindPdu } from "../../src/rpc/pdu/bind.js";
import { OneAtATimeError } from "../../src/rpc/association.js";
import { HIGH_WATER } from "../../src/rpc/link.js";
import { PFC } from "../../src/rpc/pdu/types.js";
import { ECHO } from "./support/binding.js";
import { answering, echo, exclusive, promptEcho, rejection, Servers } from "./support/servers.js";
import type { ScriptOptions } from "./support/scripted-server.js";
import { ToySecurity } from "./support/toy-security.js";

describe("an association where the server multiplexes", () => {
  it("has one connection for all calls", async () => {
    const servers = new Servers();
    const association = await servers.open();
    const calls = [1, 2, 3].map((value) => association.call(ECHO, echo, { value }));
    await servers.requested(0, 3);
    const server = servers.connection(0);
    for (const request of server.requests.toReversed()) server.respond(request, request.stub);
    expect(await Promise.all(calls)).toEqual([{ value: 1 }, { value: 2 }, { value: 3 }]);
    expect(servers.connections).toHaveLength(1);
  });

  it("tells what was agreed on", async () => {
    const association = await new Servers().open();
    expect(association.info).toEqual({
      mechanism: "NTLM",
      user: "TOY\\alice",
      level: "privacy",
      transferSyntax: "ndr",
      multiplexed: true,
      headerSigning: true,
      maxFragment: 5840,
    });
  });
});

describe("an association whose server does not read", () => {
  it("says so above 1 MiB, until it has read or the connection has ended", async () => {
    const servers = new Servers();
    const association = await servers.open();
    const { link } = servers.connection(0);
    link.queued = HIGH_WATER;
    expect(association.backlog).toBeNull();
    for (const end of [() => link.drain(), () => association.close()]) {
      link.queued = HIGH_WATER + 1;
      const { backlog } = association;
      expect(backlog).not.toBeNull();
      end();
      await backlog;
      expect(association.backlog).toBeNull();
    }
  });

  it("is over when more waits for it than one peer may make us hold", async () => {
    const servers = new Servers();
    const association = await servers.open();
    servers.connection(0).link.queued = 256 * 1024 * 1024;
    const error = await rejection(association.call(ECHO, echo, { value: 1 }));
    expect(error).toMatchObject({ code: "protocol", meaning: "loss" });
    expect(await association.closed).toBe(error);
    expect(servers.connection(0).link.state).toBe("destroyed");
  });
});

describe("an association where the server does not multiplex", () => {
  it("leases a connection to each call in flight, in one group, each with a logon of its own", async () => {
    const servers = new Servers(exclusive);
    const association = await servers.open();
    const calls = [1, 2, 3].map((value) => association.call(ECHO, echo, { value }));
    const requests = [await servers.requested(0, 1), await servers.requested(1, 1), await servers.requested(2, 1)];
    const groups = servers.connections.map(({ received }) => (received[0] as BindPdu).assocGroup);
    expect(groups).toEqual([0, 0x1234, 0x1234]);
    expect(new Set(servers.securities).size).toBe(3);
    for (const [index, request] of requests.entries()) servers.connection(index).respond(request, request.stub);
    expect(await Promise.all(calls)).toEqual([{ value: 1 }, { value: 2 }, { value: 3 }]);
  });

  it("uses idle connections again, and never sends a second request on a busy one", async () => {
    const servers = new Servers(exclusive);
    const association = await servers.open();
    const parked = association.call(ECHO, echo, { value: 0 });
    const parkedRequest = await servers.requested(0, 1);
    for (let value = 1; value <= 5; value++) {
      const call = association.call(ECHO, echo, { value });
      const request = await servers.requested(1, value);
      servers.connection(1).respond(request, request.stub);
      expect(await call).toEqual({ value });
    }
    expect(servers.connections).toHaveLength(2);
    expect(servers.connection(0).requests).toHaveLength(1);
    servers.connection(0).respond(parkedRequest, parkedRequest.stub);
    expect(await parked).toEqual({ value: 0 });
  });

  it("counts call_ids over all of its connections ([MS-RPCE] 3.3.3.5.2)", async () => {
    const servers = new Servers(exclusive);
    const association = await servers.open();
    const calls = [1, 2].map((value) => association.call(ECHO, echo, { value }).catch(() => null));
    await servers.requested(1, 1);
    association.close();
    await Promise.all(calls);
    const ids = servers.connections.flatMap(({ received }) => received.map(({ callId }) => callId));
    expect(ids).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("keeps a connection whose call was given up until its answer came", async () => {
    const servers = new Servers(exclusive);
    const association = await servers.open();
    const controller = new AbortController();
    const call = association.call(ECHO, echo, { value: 1 }, { signal: controller.signal });
    const request = await servers.requested(0, 1);
    controller.abort();
    await expect(call).rejects.toMatchObject({ code: "aborted" });
    const second = association.call(ECHO, echo, { value: 2 });
    const secondRequest = await servers.requested(1, 1);
    servers.connection(1).respond(secondRequest, secondRequest.stub);
    await second;
    servers.connection(0).respond(request, request.stub);
    const third = association.call(ECHO, echo, { value: 3 });
    servers.connection(0).respond(await servers.requested(0, 2), request.stub);
    await third;
    expect(servers.connections).toHaveLength(2);
  });

  it("fails only the call whose connection cannot be opened", async () => {
    const servers = new Servers(exclusive);
    let dialled = 0;
    const refusal = new UnreachableError("connect", "refused");
    const association = await servers.open({
      dial: () => (++dialled === 1 ? servers.dial() : Promise.reject(refusal)),
    });
    const parked = association.call(ECHO, echo, { value: 1 });
    const request = await servers.requested(0, 1);
    await expect(association.call(ECHO, echo, { value: 2 })).rejects.toBe(refusal);
    servers.connection(0).respond(request, request.stub);
    expect(await parked).toEqual({ value: 1 });
  });

  it("lets a call be given up while its connection is opened; the connection serves the next call", async () => {
    const servers = new Servers(exclusive);
    const association = await servers.open();
    void association.call(ECHO, echo, { value: 1 }).catch(() => null);
    let release: (value?: unknown) => void = () => undefined;
    servers.hold = new Promise((resolve) => (release = resolve));
    const controller = new AbortController();
    const call = association.call(ECHO, echo, { value: 2 }, { signal: controller.signal });
    controller.abort();
    await expect(call).rejects.toMatchObject({ code: "aborted" });
    release();
    const next = association.call(ECHO, echo, { value: 3 }).catch(() => null);
    await servers.requested(1, 1);
    association.close();
    await next;
  });
});

describe("an association that is to have a connection for each call", () => {
  it("does not ask for multiplexing, in no bind and alter_context, and takes none that is granted unasked", async () => {
    const servers = new Servers();
    const association = await servers.open({ multiplex: false });
    expect(association.info.multiplexed).toBe(false);
    const calls = [1, 2].map((value) => association.call(ECHO, echo, { value }));
    const requests = [await servers.requested(0, 1), await servers.requested(1, 1)];
    for (const [index, request] of requests.entries()) servers.connection(index).respond(request, request.stub);
    expect(await Promise.all(calls)).toEqual([{ value: 1 }, { value: 2 }]);
    const asked = servers.connections.flatMap(({ received }) => received.slice(0, 2));
    expect(asked.map(({ type, flags }) => [type, flags & PFC.CONC_MPX])).toEqual([
      ["bind", 0],
      ["alter_context", 0],
      ["bind", 0],
      ["alter_context", 0],
    ]);
  });
});

describe("a call that never waits", () => {
  const NEVER_MS = 2 ** 31;

  it.each([
    ["alone", false, DisconnectedError, "did not answer Echo in time"],
    ["beside one that waits", true, OneAtATimeError, "did not answer Echo while another call waits on the same"],
  ] as const)("%s is over with the association when its answer does not come", async (_, beside, type, message) => {
    const servers = new Servers();
    const association = await servers.open({
      answerMs: beside ? NEVER_MS : 10,
      answerBesideWaitingMs: beside ? 10 : NEVER_MS,
    });
    const calls = beside ? [rejection(association.call(ECHO, echo, { value: 1 }))] : [];
    calls.push(rejection(association.call(ECHO, promptEcho, { value: 2 })));
    for (const call of calls) expect((await call).message).toContain(message);
    expect(await association.closed).toBeInstanceOf(type);
    expect(servers.connection(0).link.state).toBe("destroyed");
  });

  it("is over with its answer: its time does not count any more", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const association = await new Servers(answering).open({ answerMs: 10 });
    await association.call(ECHO, promptEcho, { value: 2 });
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(20);
    expect(await association.call(ECHO, echo, { value: 3 })).toEqual({ value: 3 });
  });
});

describe("the end of an association", () => {
  it("by the loss of one connection fails the calls of all, and every later one", async () => {
    const servers = new Servers(exclusive);
    const association = await servers.open();
    const calls = [1, 2].map((value) => rejection(association.call(ECHO, echo, { value })));
    await servers.requested(1, 1);
    const reason = new DisconnectedError("the peer reset the connection");
    servers.connection(1).link.end(reason);
    for (const call of calls) expect(await call).toBeInstanceOf(DisconnectedError);
    expect(await association.closed).toBe(reason);
    expect(servers.connection(0).link.state).toBe("destroyed");
    const later = await rejection(association.call(ECHO, echo, { value: 3 }));
    expect(later).toBeInstanceOf(DisconnectedError);
    expect(later.cause).toBe(reason);
  });

  it("by the last call_id fails what is under way with a sentence, and never counts on ([MS-RPCE] 3.3.3.5.2)", async () => {
    // Whoever counts on is answered.
    const onRequest: ScriptOptions["onRequest"] = (request, server) => {
      if (server.requests.length > 1) server.respond(request, request.stub);
    };
    const servers = new Servers({ onRequest });
    const association = await servers.open({ firstCallId: 0x7fff_ffff - 2 });
    const parked = rejection(association.call(ECHO, echo, { value: 1 }));
    await servers.requested(0, 1);
    const later = rejection(association.call(ECHO, echo, { value: 2 }));
    for (const error of [await later, await parked]) {
      expect(error).toBeInstanceOf(DisconnectedError);
      expect(error.message).toBe("the association with the server is over: all of its call_ids are used");
    }
    expect(await association.closed).toBeInstanceOf(DisconnectedError);
    expect(servers.connection(0).received.map(({ callId }) => callId)).toEqual([0x7ffffffd, 0x7ffffffe, 0x7fffffff]);
    expect(servers.connection(0).link.state).toBe("destroyed");
  });

  it("by close ends all connections and is no error", async () => {
    const servers = new Servers(exclusive);
    const association = await servers.open();
    const calls = [1, 2].map((value) => rejection(association.call(ECHO, echo, { value })));
    await servers.requested(1, 1);
    association.close();
    for (const call of calls) expect(await call).toBeInstanceOf(DisconnectedError);
    expect(await association.closed).toBeNull();
    expect(servers.connections.map(({ link }) => link.state)).toEqual(["destroyed", "destroyed"]);
    expect((await rejection(association.call(ECHO, echo, { value: 3 }))).message).toBe("the association was closed");
  });

  it("closes a connection that is opened too late", async () => {
    const servers = new Servers(exclusive);
    const association = await servers.open();
    const parked = rejection(association.call(ECHO, echo, { value: 1 }));
    let release: (value?: unknown) => void = () => undefined;
    servers.hold = new Promise((resolve) => (release = resolve));
    const late = rejection(association.call(ECHO, echo, { value: 2 }));
    association.close();
    release();
    expect(await late).toBeInstanceOf(DisconnectedError);
    expect(servers.connection(1).link.state).toBe("destroyed");
    await parked;
  });

  it("closed by one that never opened leaves no connection", async () => {
    const servers = new Servers({
      onBind: ({ callId }) => ({ type: "bind_nak", flags: 3, callId, auth: null, reason: 2 }),
    });
    await expect(servers.open()).rejects.toMatchObject({ code: "unreachable" });
    expect(servers.connection(0).link.state).toBe("destroyed");
  });
});

describe("calls of an association", () => {
  it("fail with a DecodeError for a response that breaks NDR, and the association goes on", async () => {
    const servers = new Servers();
    const association = await servers.open();
    const call = association.call(ECHO, echo, { value: 1 });
    servers.connection(0).respond(await servers.requested(0, 1), new Uint8Array(3));
    await expect(call).rejects.toBeInstanceOf(DecodeError);
    const next = association.call(ECHO, echo, { value: 2 });
    const request = await servers.requested(0, 2);
    servers.connection(0).respond(request, request.stub);
    expect(await next).toEqual({ value: 2 });
  });

  it("work without security", async () => {
    const association = await new Servers(answering).open({ security: null });
    expect(association.info).toMatchObject({ mechanism: null, user: null, headerSigning: false });
    expect(await association.call(ECHO, echo, { value: 9 })).toEqual({ value: 9 });
  });

  it("find the credentials before the connection is opened and its deadline begins", async () => {
    const order: string[] = [];
    const servers = new Servers(answering);
    await servers.open({
      security: () => {
        order.push("security");
        return Promise.resolve(new ToySecurity());
      },
      deadline: () => {
        order.push("deadline");
        return new AbortController().signal;
      },
      dial: () => {
        order.push("dial");
        return servers.dial();
      },
    });
    expect(order).toEqual(["security", "deadline", "dial"]);
  });
});
