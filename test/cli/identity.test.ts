import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { takePasswordEnvironment, type PasswordEnvironment } from "../../src/cli/environment.js";
import { openIdentities, type IdentityOptions } from "../../src/cli/identity.js";
import { parseTarget } from "../../src/cli/target.js";
import { AuthenticationError, UsageError } from "../../src/errors.js";
import type { Identity } from "../../src/security/identity.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "panwatch-identity-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const OPTIONS: IdentityOptions = {
  account: null,
  domain: null,
  authFile: null,
  passwordFile: null,
  ntHash: false,
  kerberos: "desired",
  ccache: null,
  keytab: null,
  mayAsk: true,
};

const EMPTY: PasswordEnvironment = { passwordFile: null, password: () => null };
const neverAsked = (): Promise<string> => Promise.reject(new Error("nobody should be asked"));

/** The identity of one TARGET, nobody being asked. */
async function identity(
  target: string,
  options: Partial<IdentityOptions> = {},
  environment: PasswordEnvironment = EMPTY,
): Promise<Identity> {
  const identityOf = await openIdentities({ ...OPTIONS, ...options }, environment, neverAsked);
  return identityOf(parseTarget(target));
}

describe("the account", () => {
  it("of the TARGET comes first, then that of the options, then that of the file", async () => {
    const authFile = file("account", "username = carol\npassword = x\ndomain = FILE\n");
    const account = { user: "bob", domain: "OPTION" };
    expect(await identity("CORP/alice@s", { account, authFile })).toMatchObject({ user: "alice", domain: "CORP" });
    expect(await identity("s", { account, authFile })).toMatchObject({ user: "bob", domain: "OPTION" });
    expect(await identity("s", { authFile })).toMatchObject({ user: "carol", domain: "FILE" });
    expect(await identity("s")).toMatchObject({ user: null, domain: null });
  });

  it("is completed by --domain, but not a UPN", async () => {
    expect(await identity("alice@s", { domain: "CORP" })).toMatchObject({ user: "alice", domain: "CORP" });
    expect(await identity("A/alice@s", { domain: "CORP" })).toMatchObject({ user: "alice", domain: "A" });
    expect(await identity("alice@corp.example@s", { domain: "CORP" })).toMatchObject({
      user: "alice@corp.example",
      domain: null,
    });
  });

  it("is one object for all TARGETs that share it, so that they can share an association", async () => {
    const identityOf = await openIdentities(OPTIONS, EMPTY, neverAsked);
    expect(identityOf(parseTarget("alice@s/HP4"))).toBe(identityOf(parseTarget("alice@s/HP5")));
    expect(identityOf(parseTarget("alice@s"))).not.toBe(identityOf(parseTarget("bob@s")));
    expect(identityOf(parseTarget("alice@s"))).not.toBe(identityOf(parseTarget("CORP/alice@s")));
  });
});

describe("the password", () => {
  const password = async (from: Identity): Promise<unknown> => from.secret(true);
  const given = (text: string) => ({ kind: "password", password: text });

  it("is the first line of --password-file, without line end and byte order mark", async () => {
    for (const [name, content] of [
      ["lf", "Sesame\nmore\n"],
      ["crlf", "Sesame\r\nmore"],
      ["none", "Sesame"],
      ["bom", "\ufeffSesame\n"],
    ] as const) {
      expect(await password(await identity("alice@s", { passwordFile: file(name, content) }))).toEqual(given("Sesame"));
    }
    const spaces = file("spaces", " Grüße 印刷 \n");
    expect(await password(await identity("alice@s", { passwordFile: spaces }))).toEqual(given(" Grüße 印刷 "));
  });

  it("comes from the option, then PANWATCH_PASSWORD_FILE, then PANWATCH_PASSWORD", async () => {
    const passwordFile = file("option", "option\n");
    const both: PasswordEnvironment = { passwordFile: file("env", "env-file\n"), password: () => "env" };
    const one: PasswordEnvironment = { passwordFile: null, password: () => "env" };
    expect(await password(await identity("alice@s", { passwordFile }, both))).toEqual(given("option"));
    expect(await password(await identity("alice@s", {}, both))).toEqual(given("env-file"));
    expect(await password(await identity("alice@s", {}, one))).toEqual(given("env"));
  });

  it("may come from the authentication file, but not from two files", async () => {
    const authFile = file("auth", "username=alice\npassword=from file\n");
    expect(await password(await identity("s", { authFile }))).toEqual(given("from file"));
    const passwordFile = file("second", "second\n");
    await expect(identity("s", { authFile, passwordFile })).rejects.toThrow(UsageError);
    const without = file("auth-without", "username=alice\n");
    expect(await password(await identity("s", { authFile: without, passwordFile }))).toEqual(given("second"));
  });

  it("is asked for only when it is needed, and once for each account", async () => {
    const asked: string[] = [];
    const ask = (question: string): Promise<string> => {
      asked.push(question);
      return Promise.resolve("typed");
    };
    const identityOf = await openIdentities(OPTIONS, EMPTY, ask);
    const alice = identityOf(parseTarget("CORP/alice@s"));
    const bob = identityOf(parseTarget("bob@s"));
    expect(asked).toEqual([]);
    expect(await Promise.all([alice.secret(true), alice.secret(true), bob.secret(true)])).toEqual(
      ["typed", "typed", "typed"].map(given),
    );
    await alice.secret(true);
    expect(asked).toEqual(["Password of CORP\\alice: ", "Password of bob: "]);
  });

  it("is asked for with -k too, for kinit where there is no ticket", async () => {
    const identityOf = await openIdentities({ ...OPTIONS, kerberos: "required" }, EMPTY, (question) =>
      Promise.resolve(question),
    );
    const { secret } = identityOf(parseTarget("alice@s"));
    expect(await secret(true)).toEqual({ kind: "password", password: "Password of alice: " });
  });

  it("is asked for one account after the other", async () => {
    let open = 0;
    const ask = async (): Promise<string> => {
      open += 1;
      expect(open).toBe(1);
      await new Promise((resolve) => setImmediate(resolve));
      open -= 1;
      return "typed";
    };
    const identityOf = await openIdentities(OPTIONS, EMPTY, ask);
    await Promise.all(["a@s", "b@s", "c@s"].map((target) => identityOf(parseTarget(target)).secret(true)));
  });

  it("is not asked for with --no-input: the error says what to do", async () => {
    const error = await (await identity("alice@s", { mayAsk: false })).secret(true).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AuthenticationError);
    expect((error as AuthenticationError).hint).toMatch(/--password-file.*kinit/);
    const withoutKerberos = await identity("alice@s", { mayAsk: false, kerberos: "off" });
    await expect(withoutKerberos.secret(true)).rejects.toMatchObject({
      hint: expect.not.stringContaining("kinit") as string,
    });
  });

  it("does not exist where there is no account and nothing was given", async () => {
    expect(await (await identity("s")).secret(true)).toBeNull();
  });

  it("may be an NT hash", async () => {
    const hash = "31d6cfe0d16ae931b73c59d7e0c089c0";
    const bytes = new Uint8Array(Buffer.from(hash, "hex"));
    for (const text of [hash, hash.toUpperCase(), `aad3b435b51404eeaad3b435b51404ee:${hash}`, ` ${hash} `]) {
      const from = await identity("alice@s", { ntHash: true, passwordFile: file("hash", `${text}\n`) });
      expect(await from.secret(true)).toEqual({ kind: "nt-hash", hash: bytes });
    }
    const wrong = await identity("alice@s", { ntHash: true, passwordFile: file("no-hash", "Sesame\n") });
    await expect(wrong.secret(true)).rejects.toThrow(/32 hexadecimal digits/);
    await expect(wrong.secret(true)).rejects.not.toThrow(/Sesame/);
  });
});

describe("files that cannot be read", () => {
  it.each(["passwordFile", "authFile"] as const)("are wrong usage, and %s is not repeated", async (option) => {
    const error = await identity("alice@s", { [option]: "/nowhere/Sesame" }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UsageError);
    const { message, hint } = error as UsageError;
    expect(message).toContain("ENOENT");
    expect(`${message} ${hint ?? ""}`).not.toContain("Sesame");
    await expect(identity("alice@s", { [option]: folder })).rejects.toThrow(/EISDIR/);
  });

  it("an empty password file is wrong usage", async () => {
    await expect(identity("alice@s", { passwordFile: file("empty", "\nnot this\n") })).rejects.toThrow(UsageError);
  });

  it("PANWATCH_PASSWORD_FILE is only read when it is needed", async () => {
    const lost: PasswordEnvironment = { passwordFile: "/nowhere/file", password: () => null };
    const from = await identity("alice@s", {}, lost);
    await expect(from.secret(true)).rejects.toThrow(/PANWATCH_PASSWORD_FILE/);
  });
});

describe("the environment", () => {
  it("loses the password as soon as it is read", () => {
    const env = { PANWATCH_PASSWORD: "Sesame", PANWATCH_PASSWORD_FILE: "/f", HOME: "/h" };
    const taken = takePasswordEnvironment(env);
    expect(env).toEqual({ PANWATCH_PASSWORD_FILE: "/f", HOME: "/h" });
    expect([taken.password(), taken.passwordFile]).toEqual(["Sesame", "/f"]);
  });

  it("without variables gives nothing", () => {
    const taken = takePasswordEnvironment({ PANWATCH_PASSWORD_FILE: "", PANWATCH_PASSWORD: "" });
    expect([taken.password(), taken.passwordFile]).toEqual([null, null]);
  });
});
