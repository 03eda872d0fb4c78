import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { configureCommand } from "../../src/cli/help.js";
import {
  addConnectionOptions,
  connectionOptions,
  type ConnectionFlags,
} from "../../src/cli/options/connection-options.js";
import { addIdentityOptions, identityOptions, type IdentityFlags } from "../../src/cli/options/identity-options.js";
import {
  addHookOptions,
  addReplyOptions,
  hookOptions,
  replyOptions,
  type HookFlags,
  type ReplyFlags,
} from "../../src/cli/options/reply-options.js";
import {
  addOutputOptions,
  addRunOptions,
  addWhatOptions,
  outputOptions,
  runOptions,
  whatOptions,
  type OutputFlags,
  type RunFlags,
  type WhatFlags,
} from "../../src/cli/options/watch-options.js";
import { UsageError } from "../../src/errors.js";
import { ASYNC_UI, PRINTER_CONFIGURATION } from "../../src/pan/types.js";

type Flags = IdentityFlags & ConnectionFlags & WhatFlags & OutputFlags & RunFlags & ReplyFlags & HookFlags;

/** What all options are when these arguments are given. */
function parse(...args: string[]) {
  const command = configureCommand(new Command("test"));
  for (const add of [
    addIdentityOptions,
    addConnectionOptions,
    addWhatOptions,
    addOutputOptions,
    addRunOptions,
    addReplyOptions,
    addHookOptions,
  ]) {
    add(command);
  }
  command.parse(args, { from: "user" });
  const flags = command.opts<Flags>();
  return {
    identity: identityOptions(flags),
    connection: connectionOptions(flags),
    what: whatOptions(flags),
    output: outputOptions(flags),
    run: runOptions(flags),
    reply: replyOptions(flags),
    hook: hookOptions(flags, null),
  };
}

describe("options of watch", () => {
  it("have the defaults of the contract", () => {
    expect(parse()).toEqual({
      identity: {
        account: null,
        domain: null,
        authFiles: [],
        passwordFile: null,
        passwordCommand: null,
        ntHash: false,
        kerberos: "desired",
        ccache: null,
        keytab: null,
        mayAsk: true,
      },
      connection: {
        port: null,
        epmPort: 135,
        level: "privacy",
        transferSyntax: "auto",
        multiplex: true,
        spn: null,
        targetIp: null,
        connectTimeoutMs: 10_000,
      },
      what: {
        types: [ASYNC_UI, PRINTER_CONFIGURATION],
        style: "both",
        userFilter: "per-user",
        kinds: null,
        match: [],
        resources: { path: null, language: expect.any(Number) as number },
      },
      output: {
        format: "pretty",
        color: "auto",
        images: "auto",
        quiet: false,
        verbosity: 0,
        trace: null,
        maxSize: 16 * 2 ** 20,
      },
      run: {
        count: null,
        timeoutMs: null,
        durationMs: null,
        settleMs: null,
        heartbeatMs: null,
        retryLimit: Number.POSITIVE_INFINITY,
        backoff: { minMs: 1000, maxMs: 60_000 },
        waitForServer: false,
      },
      reply: { reply: "none", interactive: false, timeoutMs: 30_000, errors: "warn", dryRun: false },
      hook: { command: null, timeoutMs: 30_000, errors: "warn" },
    });
  });

  it("identity", () => {
    const args = ["-U", "CORP\\alice", "-W", "X", "--password-file", "-", "--pw-nt-hash", "--no-input"];
    expect(parse(...args, "--ccache", "KCM:", "--keytab", "k").identity).toEqual({
      account: { domain: "CORP", user: "alice" },
      domain: "X",
      authFiles: [],
      passwordFile: "-",
      passwordCommand: null,
      ntHash: true,
      kerberos: "desired",
      ccache: "KCM:",
      keytab: "k",
      mayAsk: false,
    });
    expect(parse("-k").identity.kerberos).toBe("required");
    expect(parse("-k", "--kerberos", "required").identity.kerberos).toBe("required");
  });

  it("connection", () => {
    const args = ["--port", "49152", "--auth-level", "packet", "--transfer-syntax", "ndr", "--spn", "host/x"];
    expect(
      parse(...args, "--target-ip", "[fd00::1]", "--connect-timeout", "500ms", "--no-multiplex").connection,
    ).toEqual({
      port: 49_152,
      epmPort: 135,
      level: "packet",
      transferSyntax: "ndr",
      multiplex: false,
      spn: "host/x",
      targetIp: "fd00::1",
      connectTimeoutMs: 500,
    });
  });

  it("what: types and kinds may be repeated, and each counts once", () => {
    const guid = "{25DF3B0E-74A9-47F5-80CE-79B4B1EB5C58}";
    const { what } = parse("--type", guid, "--type", "asyncui", "--type", ASYNC_UI.toUpperCase(), "--kind", "balloon");
    expect(what.types).toEqual(["25df3b0e-74a9-47f5-80ce-79b4b1eb5c58", ASYNC_UI]);
    expect(what.kinds).toEqual(["balloon"]);
    expect(parse("--kind", "balloon", "--kind", "unknown").what.kinds).toEqual(["balloon", "unknown"]);
  });

  it("output and running", () => {
    expect(parse("-vv", "-v", "-o", "json", "--max-size", "1M").output).toMatchObject({
      verbosity: 3,
      format: "json",
      maxSize: 2 ** 20,
    });
    expect(parse("-n", "3", "--timeout", "5m", "--retry", "never", "--backoff", "1ms..5ms").run).toEqual({
      count: 3,
      timeoutMs: 300_000,
      durationMs: null,
      settleMs: null,
      heartbeatMs: null,
      retryLimit: 0,
      backoff: { minMs: 1, maxMs: 5 },
      waitForServer: false,
    });
    expect(parse("--retry", "7", "--wait-for-server").run).toMatchObject({ retryLimit: 7, waitForServer: true });
    expect(parse("--retry", "forever").run.retryLimit).toBe(Number.POSITIVE_INFINITY);
  });

  it("replies and hooks", () => {
    const { reply, hook } = parse("-i", "--reply", "button==Yes", "--reply-timeout", "5s", "--hook-errors", "fail");
    expect(reply).toEqual({ reply: "button==Yes", interactive: true, timeoutMs: 5000, errors: "warn", dryRun: false });
    expect(hook).toEqual({ command: null, timeoutMs: 30_000, errors: "fail" });
    expect(hookOptions({}, ["notify-send", "--", "x"]).command).toEqual(["notify-send", "--", "x"]);
  });

  it.each([
    ["-k", "--kerberos", "off"],
    ["--kerberos", "off", "--ccache", "x"],
    ["--kerberos", "off", "--keytab", "x"],
    ["-k", "--pw-nt-hash"],
    ["--port", "1", "--epm-port", "2"],
    ["-q", "-v"],
    ["--timeout", "1s"],
    ["--retry", "never", "--wait-for-server"],
    ["--style", "bidi", "--type", "printer-config"],
  ])("exclude each other: %s %s %s %s", (...args) => {
    expect(() => parse(...args.filter((arg) => typeof arg === "string"))).toThrow(UsageError);
  });

  it.each([
    ["--port", "0"],
    ["--port", "65536"],
    ["--port", "0x10"],
    ["-n", "0"],
    ["-n", "1.5"],
    ["--kerberos", "maybe"],
    ["--auth-level", "connect"],
    ["--type", "balloon"],
    ["--kind", "asyncui"],
    ["--max-size", "0"],
    ["--retry", "-1"],
    ["--backoff", "60s..1s"],
    ["--target-ip", "printsrv"],
    ["--connect-timeout", "0s"],
    ["-U", ""],
    ["-U", "alice%Sesame"],
    ["-W", "CORP%Sesame"],
  ])("refuse %s %j without repeating it", (option, value) => {
    const error = caught(() => parse(option, value)) as UsageError;
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toMatch(/^(The duration of |The shortest interval of )?--/);
    expect(error.message).not.toContain("Sesame");
  });

  it("a hook needs a program", () => {
    expect(() => hookOptions({}, [])).toThrow(UsageError);
    expect(() => hookOptions({}, [""])).toThrow(UsageError);
  });
});

function caught(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}
