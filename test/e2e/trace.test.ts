import { readFileSync, statSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { encodeUtf16 } from "../../src/bytes/utf16.js";
import { ntHash } from "../../src/security/ntlm/account.js";
import { decodeAuthenticate, takeMic } from "../../src/security/ntlm/authenticate.js";
import { hmacMd5, md5 } from "../../src/security/crypto/digests.js";
import { Rc4 } from "../../src/security/crypto/rc4.js";
import { Panwatch, type Line } from "./support/panwatch.js";
import { LoopbackServer, NOTHING_LEFT, PASSWORD } from "./support/print-server.js";
import { RecordingProxy } from "./support/recording-proxy.js";
import { run } from "./support/run.js";
import { holds } from "./support/secrets.js";

let print: LoopbackServer;
beforeEach(async () => {
  print = await LoopbackServer.start({ printers: ["HP4"] });
});
afterEach(async () => {
  await print[Symbol.asyncDispose]();
});

/** Watches until two balloons have come, with a trace; gives the trace. */
async function tracedWatch(
  ...args: string[]
): Promise<{ lines: Line[]; text: string; watch: Panwatch; code: unknown }> {
  const file = print.path("trace.jsonl");
  const access = [...print.access, "--trace", file, ...args];
  await using watch = new Panwatch(["watch", "127.0.0.1", "-o", "json", "--kerberos", "off", "-n", "2", ...access]);
  await watch.count("registered", 3);
  print.balloon("First");
  print.asyncUi(`<balloonUI><title>Second</title><body>${"long ".repeat(2000)}</body></balloonUI>`);
  const code = await watch.exit();
  const text = readFileSync(file, "utf8");
  return {
    text,
    watch,
    code,
    lines: text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Line),
  };
}

function pdus(lines: readonly Line[], pdu: string, method?: string): Line[] {
  return lines.filter((line) => line["pdu"] === pdu && (method === undefined || line["method"] === method));
}

describe("the trace of a watch", () => {
  it("tells the whole session, from what ran to how it ended", async () => {
    const { lines, code } = await tracedWatch();
    expect(code).toBe(0);
    expect(await print.left()).toEqual(NOTHING_LEFT);
    expect(lines[0]).toMatchObject({
      type: "header",
      node: process.version,
      args: expect.arrayContaining(["watch", "127.0.0.1", "--trace"]) as unknown,
      connection: { port: null, epmPort: print.server.epmPort, level: "privacy" },
    });
    expect(lines.at(-1)).toMatchObject({ type: "end", exitCode: 0 });
    const types = new Set(lines.map(({ type }) => type));
    expect([...types]).toEqual(["header", "note", "pdu", "registered", "unregistered", "end"]);
    const kinds = lines.flatMap(
      ({ auth }) => (auth as { token?: { kind: string } } | null | undefined)?.token?.kind ?? [],
    );
    expect(kinds.slice(0, 5)).toEqual([
      "NegTokenInit: NTLM, NTLM NEGOTIATE",
      "NegTokenResp: accept-incomplete, NTLM, NTLM CHALLENGE",
      "NegTokenResp: NTLM AUTHENTICATE, mechListMIC",
      "NegTokenResp: accept-completed, mechListMIC",
      "signature",
    ]);
    expect(pdus(lines, "response", "ept_map")[0]).toMatchObject({
      to: "endpoint mapper",
      values: { ITowers: [{ port: print.server.port, address: "127.0.0.1" }] },
    });
    expect(pdus(lines, "request", "IRPCAsyncNotify_RegisterClient")).toHaveLength(3);
    for (const [method, count] of [
      ["IRPCRemoteObject_Create", 3],
      ["IRPCAsyncNotify_UnregisterClient", 3],
      ["IRPCRemoteObject_Delete", 3],
    ] as const) {
      const answers = pdus(lines, "response", method);
      expect(answers.map(({ undecoded }) => undecoded)).toEqual(Array(count).fill(null));
    }
  });

  it("shows notifications as text, also those in several fragments", async () => {
    const { lines } = await tracedWatch();
    const answers = pdus(lines, "response", "IRPCAsyncNotify_GetNotification");
    const documents = answers.flatMap(({ values }) => {
      const data = (values as { ppOutNotificationData: { text: string; length: number } | null } | null)
        ?.ppOutNotificationData;
      return data?.text ?? [];
    });
    expect(documents).toEqual([
      expect.stringContaining("<title>First</title>"),
      expect.stringMatching(/<title>Second<\/title>.*(long ){2000}/),
    ]);
    const fragments = answers.map(({ fragment }) => (fragment as { number: number }).number);
    expect(Math.max(...fragments)).toBeGreaterThan(2);
  });

  it("can be read by its owner only", async () => {
    await tracedWatch();
    expect(statSync(print.path("trace.jsonl")).mode & 0o777).toBe(0o600);
  });

  it("that cannot be written is told once, and the watch goes on", async () => {
    const args = ["--trace", "/dev/full", ...print.access, "--kerberos", "off"];
    await using watch = new Panwatch(["watch", "127.0.0.1", "-o", "json", "-q", "-n", "1", ...args]);
    await watch.says("the trace ends here: its file cannot be written: the disk is full");
    await watch.count("registered", 3);
    print.balloon("All the same");
    await watch.line({ type: "notification.balloon", title: "All the same" });
    expect(await watch.exit()).toBe(0);
    expect(watch.stderr.match(/the trace ends here/g)).toHaveLength(1);
  });

  it("of a failed logon tells how far it came", async () => {
    const wrong = print.file("wrong", "not the password\n");
    const file = print.path("failed.jsonl");
    const access = [...print.access, "--password-file", wrong, "--trace", file, "--kerberos", "off"];
    expect((await run(["watch", "127.0.0.1", ...access])).code).toBe(4);
    const lines = readFileSync(file, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Line);
    expect(pdus(lines, "fault").at(-1)).toMatchObject({ status: { name: "ERROR_ACCESS_DENIED (0x00000005)" } });
    expect(lines.slice(-2)).toMatchObject([
      { type: "error", code: "authentication", stage: "logon", fatal: true },
      { type: "end", exitCode: 4 },
    ]);
  });
});

describe("the trace of a diagnosis", () => {
  it("holds its findings among the PDUs", async () => {
    const file = print.path("doctor.jsonl");
    const { code, stderr } = await run(["doctor", "127.0.0.1", ...print.access, "--kerberos", "off", "--trace", file]);
    expect([code, stderr]).toEqual([0, ""]);
    const lines = readFileSync(file, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Line);
    const steps = lines.filter(({ type }) => type === "doctor.step").map(({ step }) => step);
    expect(steps).toEqual([
      "resolve",
      "endpoint-mapper",
      "endpoint-map",
      "credentials",
      "port",
      "logon",
      "queues",
      "create",
      "register",
      "unregister",
      "delete",
    ]);
    expect(lines.slice(-2).map(({ type }) => type)).toEqual(["doctor.result", "end"]);
    const registered = lines.findIndex(({ step }) => step === "register");
    expect(lines[registered - 1]).toMatchObject({ type: "pdu", method: expect.any(String) as unknown });
  });
});

describe("secrets", () => {
  /** What an NTLM logon must not leave in a trace, from the AUTHENTICATE message as it went over the wire. */
  function secretsOf(sent: Buffer): Map<string, Uint8Array> {
    const at = sent.indexOf(Buffer.from("NTLMSSP\0\x03\0\0\0", "latin1"));
    expect(at).toBeGreaterThan(0);
    const { ntResponse, user, domain, encryptedSessionKey } = decodeAuthenticate(sent.subarray(at));
    const { mic } = takeMic(sent.subarray(at));
    const hash = ntHash({ kind: "password", password: PASSWORD });
    const account = hmacMd5(hash, encodeUtf16(user.toUpperCase() + domain));
    const proof = ntResponse.subarray(0, 16);
    const baseKey = hmacMd5(account, proof);
    const exported = new Rc4(baseKey).apply(encryptedSessionKey.slice());
    const magic = (use: string): Uint8Array =>
      Buffer.from(`session key to client-to-server ${use} key magic constant\0`, "latin1");
    return new Map(
      Object.entries({
        "the password": Buffer.from(PASSWORD),
        "the password in UTF-16": encodeUtf16(PASSWORD),
        "the NT hash": hash,
        "the NTLMv2 hash": account,
        NTProofStr: proof,
        "the client's challenge": ntResponse.subarray(32, 40),
        "the session base key": baseKey,
        "the encrypted session key": encryptedSessionKey,
        "the session key": exported,
        "the signing key": md5(exported, magic("signing")),
        "the sealing key": md5(exported, magic("sealing")),
        "the MIC": mic,
      }),
    );
  }

  it.each([
    ["watch", []],
    ["doctor", ["--auth-level", "packet"]],
  ])("never stand in the trace of %s %j", async (command, args) => {
    await using proxy = await RecordingProxy.start(print.server.port);
    const file = print.path("secret.jsonl");
    const access = ["-U", "alice", "--password-file", print.path("password"), "--port", String(proxy.port)];
    const ending = command === "watch" ? ["-n", "1"] : [];
    const all = [...access, ...ending, ...args, "--kerberos", "off", "-vv", "--trace", file];
    const ended = run([command, "127.0.0.1", ...all]);
    if (command === "watch") {
      await print.happened("client.registered", 3);
      print.balloon("x");
    }
    const { code, stdout, stderr } = await ended;
    expect(code).toBe(0);
    const secrets = secretsOf(proxy.sent);
    const text = readFileSync(file, "utf8");
    expect(text).toContain("IRPCAsyncNotify_RegisterClient");
    for (const [name, secret] of secrets) {
      expect(secret.length, name).toBeGreaterThanOrEqual(8);
      for (const [where, what] of Object.entries({ text, stdout, stderr })) {
        expect([name, where, holds(what, secret)]).toEqual([name, where, false]);
      }
    }
  });

  it("would be found if they were there", () => {
    const secret = Buffer.from("00112233445566778899aabbccddeeff", "hex");
    expect(holds(`..${secret.subarray(3, 14).toString("hex").toUpperCase()}..`, secret)).toBe(true);
    for (const pad of ["", "x", "xx"]) {
      const encoded = Buffer.concat([Buffer.from(pad), secret.subarray(1)]).toString("base64");
      expect(holds(`{"data":"${encoded}"}`, secret)).toBe(true);
    }
    expect(holds(`the ${PASSWORD}!`, Buffer.from(PASSWORD))).toBe(true);
    expect(holds("nothing of the kind", secret)).toBe(false);
  });
});
