import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { takePasswordEnvironment, type PasswordEnvironment } from "../../src/cli/environment.js";
import { openIdentities, type IdentityOptions } from "../../src/cli/identity.js";
import { splitCommand } from "../../src/cli/password-command.js";
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
  authFiles: [],
  passwordFile: null,
  passwordCommand: null,
  ntHash: false,
  kerberos: "desired",
  ccache: null,
  keytab: null,
  mayAsk: true,
};

const EMPTY: PasswordEnvironment = { passwordFile: null, passwordCommand: null, password: () => null };
const leaving = new AbortController().signal;
const neverAsked = { ask: () => Promise.reject(new Error("nobody should be asked")), leaving };

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
    expect(await identity("CORP/alice@s", { account, authFiles: [authFile] })).toMatchObject({
      user: "alice",
      domain: "CORP",
    });
    expect(await identity("s", { account, authFiles: [authFile] })).toMatchObject({ user: "bob", domain: "OPTION" });
    expect(await identity("s", { authFiles: [authFile] })).toMatchObject({ user: "carol", domain: "FILE" });
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

  it("comes from the option, then PANWATCH_PASSWORD_FILE, then _COMMAND, then PANWATCH_PASSWORD", async () => {
    const passwordFile = file("option", "option\n");
    const both: PasswordEnvironment = {
      passwordFile: file("env", "env-file\n"),
      passwordCommand: "printf command",
      password: () => "env",
    };
    const two: PasswordEnvironment = { ...both, passwordFile: null };
    const one: PasswordEnvironment = { ...two, passwordCommand: null };
    expect(await password(await identity("alice@s", { passwordFile }, both))).toEqual(given("option"));
    expect(await password(await identity("alice@s", {}, both))).toEqual(given("env-file"));
    expect(await password(await identity("alice@s", { passwordCommand: "printf 'by option'" }, both))).toEqual(
      given("by option"),
    );
    expect(await password(await identity("alice@s", {}, two))).toEqual(given("command"));
    expect(await password(await identity("alice@s", {}, one))).toEqual(given("env"));
  });

  it("may come from the authentication file, but not from two files", async () => {
    const authFile = file("auth", "username=alice\npassword=from file\n");
    expect(await password(await identity("s", { authFiles: [authFile] }))).toEqual(given("from file"));
    const passwordFile = file("second", "second\n");
    await expect(identity("s", { authFiles: [authFile], passwordFile })).rejects.toThrow(UsageError);
    const without = file("auth-without", "username=alice\n");
    expect(await password(await identity("s", { authFiles: [without], passwordFile }))).toEqual(given("second"));
  });

  it("is asked for only when it is needed, and once for each account", async () => {
    const asked: string[] = [];
    const ask = (question: string): Promise<string> => {
      asked.push(question);
      return Promise.resolve("typed");
    };
    const identityOf = await openIdentities(OPTIONS, EMPTY, { ask, leaving });
    const alice = identityOf(parseTarget("CORP/alice@s"));
    const bob = identityOf(parseTarget("bob@s"));
    expect(asked).toEqual([]);
    expect(await Promise.all([alice.secret(true), alice.secret(true), bob.secret(true)])).toEqual(
      ["typed", "typed", "typed"].map(given),
    );
    await alice.secret(true);
    expect(asked.sort()).toEqual(["Password of CORP\\alice: ", "Password of bob: "]);
  });

  it("is tried for the first TARGET's user only: others are asked for", async () => {
    const passwordFile = file("first", "of alice\n");
    const asked: string[] = [];
    const ask = (question: string): Promise<string> => Promise.resolve(`typed ${asked.push(question)}`);
    const identityOf = await openIdentities({ ...OPTIONS, passwordFile }, EMPTY, { ask, leaving });
    const [alice, bob, again] = ["alice@a", "bob@b", "alice@c"].map((target) => identityOf(parseTarget(target)));
    expect(again).toBe(alice);
    expect(await password(alice ?? expect.fail())).toEqual(given("of alice"));
    expect(await password(bob ?? expect.fail())).toEqual(given("typed 1"));
    expect(asked).toEqual(["Password of bob: "]);
  });

  it("of another user is an error of that TARGET with --no-input", async () => {
    const environment = { ...EMPTY, password: () => "of alice" };
    const identityOf = await openIdentities({ ...OPTIONS, mayAsk: false }, environment, neverAsked);
    expect(await password(identityOf(parseTarget("alice@a")))).toEqual(given("of alice"));
    await expect(identityOf(parseTarget("bob@b")).secret(true)).rejects.toMatchObject({
      code: "authentication",
      message: expect.stringContaining("A password for bob") as string,
      hint: expect.stringContaining("an --auth-file for each user") as string,
    });
  });

  it("may come from an authentication file for each user", async () => {
    const authFiles = [
      file("auth-alice", "username=alice\npassword=of alice\n"),
      file("auth-bob", "username=Bob\npassword=of bob\ndomain=CORP\n"),
    ];
    const identityOf = await openIdentities({ ...OPTIONS, authFiles }, EMPTY, neverAsked);
    expect(await password(identityOf(parseTarget("s")))).toEqual(given("of alice"));
    const bob = identityOf(parseTarget("bob@s"));
    expect(bob).toMatchObject({ user: "bob", domain: "CORP" });
    expect(await password(bob)).toEqual(given("of bob"));
  });

  it("is asked for with -k too, for kinit where there is no ticket", async () => {
    const identityOf = await openIdentities({ ...OPTIONS, kerberos: "required" }, EMPTY, {
      ask: (question) => Promise.resolve(question),
      leaving,
    });
    const { secret } = identityOf(parseTarget("alice@s"));
    expect(await secret(true)).toEqual({ kind: "password", password: "Password of alice: " });
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

describe("a password command", () => {
  it.each([
    ["pass show panwatch", ["pass", "show", "panwatch"]],
    ["  a\t'b  c' \"d 'e'\" f\"g h\"i ''", ["a", "b  c", "d 'e'", "fg hi", ""]],
    ["echo $HOME * `id` \\n", ["echo", "$HOME", "*", "`id`", "\\n"]],
  ])("%s is split at blanks, and nothing is expanded", (command, words) => {
    expect(splitCommand(command, "--password-command")).toEqual(words);
  });

  it.each(["'Sesame", 'a "Sesame', "", " "])("%j is wrong usage, without being repeated", async (passwordCommand) => {
    const error = await identity("alice@s", { passwordCommand }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UsageError);
    expect(inspect(error)).not.toContain("Sesame");
  });

  it.each([
    ["/nowhere/Sesame", "cannot be run: there is no such program"],
    ["sh -c 'echo Sesame; exit 3'", "ended with exit code 3"],
    ["true Sesame", "printed no password"],
  ])("%s fails the logon, and is not repeated", async (passwordCommand, message) => {
    const from = await identity("alice@s", { passwordCommand });
    const error = await from.secret(true).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "authentication", message: expect.stringContaining(message) as string });
    expect(inspect(error)).not.toContain("Sesame");
  });

  it("is ended when the command leaves", async () => {
    const controller = new AbortController();
    const options = { ...OPTIONS, passwordCommand: "sleep 1000" };
    const identityOf = await openIdentities(options, EMPTY, { ...neverAsked, leaving: controller.signal });
    const secret = identityOf(parseTarget("alice@s")).secret(true);
    controller.abort();
    await expect(secret).rejects.toThrow("ABORT_ERR");
  });
});

describe("a keytab", () => {
  it.each(["/nowhere/k", "FILE:/nowhere/k"])(
    "%s that is not there is told before anything is connected",
    async (keytab) => {
      const message = "The keytab /nowhere/k cannot be read: there is no such file or folder.";
      await expect(identity("alice@s", { keytab })).rejects.toThrow(message);
      await expect(identity("alice@s", { keytab: "KEYRING:x" })).resolves.toMatchObject({ keytab: "KEYRING:x" });
    },
  );
});

describe("files that cannot be read", () => {
  it.each(["passwordFile", "authFiles"] as const)("are wrong usage, and %s is not repeated", async (option) => {
    const error = await identity(
      "alice@s",
      option === "authFiles" ? { authFiles: ["/nowhere/Sesame"] } : { passwordFile: "/nowhere/Sesame" },
    ).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UsageError);
    const { message, hint } = error as UsageError;
    expect(message).toContain("there is no such file");
    expect(`${message} ${hint ?? ""}`).not.toContain("Sesame");
    // -vv prints stacks, those of causes too.
    expect(inspect(error)).not.toContain("Sesame");
    await expect(
      identity("alice@s", option === "authFiles" ? { authFiles: [folder] } : { passwordFile: folder }),
    ).rejects.toThrow("it is a folder");
  });

  it("an empty password file is wrong usage", async () => {
    await expect(identity("alice@s", { passwordFile: file("empty", "\nnot this\n") })).rejects.toThrow(UsageError);
  });

  it("PANWATCH_PASSWORD_FILE is only read when it is needed", async () => {
    const lost: PasswordEnvironment = { passwordFile: "/nowhere/file", passwordCommand: null, password: () => null };
    const from = await identity("alice@s", {}, lost);
    await expect(from.secret(true)).rejects.toThrow(/PANWATCH_PASSWORD_FILE/);
  });
});

describe("the environment", () => {
  it("loses the password as soon as it is read", () => {
    const env = {
      PANWATCH_PASSWORD: "Sesame",
      PANWATCH_PASSWORD_FILE: "/f",
      PANWATCH_PASSWORD_COMMAND: "c",
      HOME: "/h",
    };
    const taken = takePasswordEnvironment(env);
    expect(env).toEqual({ PANWATCH_PASSWORD_FILE: "/f", PANWATCH_PASSWORD_COMMAND: "c", HOME: "/h" });
    expect([taken.password(), taken.passwordFile, taken.passwordCommand]).toEqual(["Sesame", "/f", "c"]);
  });

  it("without variables gives nothing", () => {
    const taken = takePasswordEnvironment({ PANWATCH_PASSWORD_FILE: "", PANWATCH_PASSWORD: "" });
    expect([taken.password(), taken.passwordFile]).toEqual([null, null]);
  });
});
