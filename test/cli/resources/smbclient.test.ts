import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { NoSmbclientError, smbclient } from "../../../src/cli/resources/smbclient.js";
import type { Credential } from "../../../src/security/logon.js";
import { eventually } from "../../support/eventually.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "panwatch-smb-"));
  for (const name of ["sh", "cat"]) symlinkSync(`/bin/${name}`, join(folder, name));
  vi.stubEnv("PATH", folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** A program in smbclient's place that writes down what it was given. */
function pretend(then: string): void {
  const file = join(folder, "smbclient");
  writeFileSync(
    file,
    `#!/bin/sh\nprintf '%s\\n' "$*" >${folder}/args\nprintf '%s\\n' "$KRB5CCNAME" >${folder}/cache\ncat <&\${PASSWD_FD:-0} >${folder}/read\n${then}\n`,
  );
  chmodSync(file, 0o755);
}

async function run(credential: Credential, signal = new AbortController().signal): Promise<string> {
  const share = { server: "s", targetIp: "127.0.0.1", account: { user: "alice", domain: "CORP" }, credential };
  return smbclient(share, ["ls"], { maxFile: 1000, signal });
}

const TICKETS = { kind: "tickets", cache: "FILE:/x" } as const;
const read = (name: string): string => readFileSync(join(folder, name), "utf8");

it("gives a password on a descriptor of its own, never among the arguments", async () => {
  pretend("echo said");
  expect(await run({ kind: "password", password: "s3cret word" })).toBe("said\n");
  expect(read("args")).toBe("//s/print$ -I 127.0.0.1 -U CORP\\alice --use-kerberos=off\n");
  expect(read("read")).toBe("s3cret word\n");
});

it("gives an NT hash in the same way, and for tickets the name of their cache", async () => {
  pretend("");
  await run({ kind: "nt-hash", hash: new Uint8Array(16).fill(0xab) });
  expect([read("args").includes("--pw-nt-hash"), read("read")]).toEqual([true, `${"ab".repeat(16)}\n`]);
  await run(TICKETS);
  expect(read("args")).toBe(
    "//s/print$ -I 127.0.0.1 -U CORP\\alice --use-kerberos=required --use-krb5-ccache=FILE:/x\n",
  );
  expect([read("read"), read("cache")]).toEqual(["ls\n", "FILE:/x\n"]);
});

it("says what is wrong: not installed, refused, denied, not there", async () => {
  await expect(run(TICKETS)).rejects.toBeInstanceOf(NoSmbclientError);
  pretend("echo 'session setup failed: NT_STATUS_LOGON_FAILURE'; exit 1");
  await expect(run(TICKETS)).rejects.toMatchObject({ code: "authentication" });
  pretend("echo 'do_connect: Connection to s failed (Error NT_STATUS_CONNECTION_REFUSED)'; exit 1");
  await expect(run(TICKETS)).rejects.toMatchObject({ code: "unreachable" });
  pretend("echo 'tree connect failed: NT_STATUS_ACCESS_DENIED'; exit 1");
  await expect(run(TICKETS)).rejects.toMatchObject({ hresult: 0x80070005 });
  pretend("echo 'protocol negotiation failed: NT_STATUS_IO_TIMEOUT'; exit 1");
  await expect(run(TICKETS)).rejects.toThrow("smbclient could not open //s/print$ (NT_STATUS_IO_TIMEOUT)");
});

it("needs a shell", async () => {
  rmSync(join(folder, "sh"));
  await expect(run(TICKETS)).rejects.toThrow("the shell that starts smbclient cannot be run (ENOENT)");
});

it("is ended when it says more than a listing can be", async () => {
  pretend("exec cat /dev/zero");
  await expect(run(TICKETS)).rejects.toThrow("smbclient said more than 4194304 bytes");
});

it("writes no file beyond the bound", async () => {
  pretend(`cat /dev/zero >${folder}/large`);
  await run(TICKETS).catch(() => undefined);
  expect(statSync(join(folder, "large")).size).toBe(1024);
});

it("is ended when nobody waits for it any more", async () => {
  pretend(`echo runs >${folder}/runs\nwhile :; do :; done`);
  const leaving = new AbortController();
  const running = run(TICKETS, leaving.signal);
  await Promise.race([eventually(() => expect(read("runs")).toBe("runs\n")), running]);
  leaving.abort();
  await expect(running).rejects.toMatchObject({ code: "aborted" });
});
