import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { NoSmbclientError, smbclient } from "../../../src/cli/resources/smbclient.js";
import type { Secret } from "../../../src/security/identity.js";
import { SecretTrial } from "../../../src/security/trial.js";

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
    `#!/bin/sh\nprintf '%s\\n' "$*" >${folder}/args\ncat <&\${PASSWD_FD:-0} >${folder}/read\n${then}\n`,
  );
  chmodSync(file, 0o755);
}

async function run(secret: Secret | null): Promise<string> {
  const trial = new SecretTrial();
  if (secret !== null) (await trial.begin(0)).proved();
  const who = { user: "alice", domain: "CORP", kerberos: "desired", ccache: "FILE:/x", keytab: null } as const;
  const identity = { ...who, trial, secret: () => Promise.resolve(secret) };
  const signal = new AbortController().signal;
  return smbclient({ server: "s", targetIp: "127.0.0.1", identity, maxFile: 1000, signal }, ["ls"]);
}

const read = (name: string): string => readFileSync(join(folder, name), "utf8");

it("gives a password on a descriptor of its own, never among the arguments", async () => {
  pretend("echo said");
  expect(await run({ kind: "password", password: "s3cret word" })).toBe("said\n");
  expect(read("args")).toBe("//s/print$ --use-kerberos=off -U CORP\\alice -I 127.0.0.1\n");
  expect(read("read")).toBe("s3cret word\n");
});

it("gives an NT hash in the same way, and without a secret the ticket's cache", async () => {
  pretend("");
  await run({ kind: "nt-hash", hash: new Uint8Array(16).fill(0xab) });
  expect([read("args").includes("--pw-nt-hash"), read("read")]).toEqual([true, `${"ab".repeat(16)}\n`]);
  await run(null);
  expect(read("args")).toBe(
    "//s/print$ --use-kerberos=required --use-krb5-ccache=FILE:/x -U CORP\\alice -I 127.0.0.1\n",
  );
  expect(read("read")).toBe("ls\n");
});

it("says what is wrong: not installed, refused, not there", async () => {
  await expect(run(null)).rejects.toBeInstanceOf(NoSmbclientError);
  pretend("echo 'session setup failed: NT_STATUS_LOGON_FAILURE'; exit 1");
  await expect(run(null)).rejects.toMatchObject({ code: "authentication" });
  pretend("echo 'do_connect: Connection to s failed (Error NT_STATUS_CONNECTION_REFUSED)'; exit 1");
  await expect(run(null)).rejects.toMatchObject({ code: "unreachable" });
});
