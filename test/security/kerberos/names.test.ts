import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { UsageError } from "../../../src/errors.js";
import { cacheName, cachePath } from "../../../src/security/kerberos/caches.js";
import { matchesPrincipal, principalOf, unescapePrincipal, upnOf } from "../../../src/security/kerberos/principal.js";
import { parseSpn } from "../../../src/security/kerberos/spn.js";

const attempt = { spn: "host/printsrv.lab.test", principal: null, patienceMs: 1000 };

describe("parseSpn", () => {
  it.each([
    ["host/printsrv.example.com", "host", "printsrv.example.com"],
    ["HOST/PRINTSRV", "HOST", "PRINTSRV"],
    ["host/fe80::1", "host", "fe80::1"],
  ])("takes %s apart", (text, service, host) => {
    expect(parseSpn(text)).toEqual({ service, host, text });
  });

  it.each(["host", "host/", "/printsrv", "host/a/b", "host/a@EXAMPLE.COM", "host/a b", ""])("refuses %j", (text) => {
    expect(() => parseSpn(text)).toThrow(UsageError);
  });
});

describe("principalOf", () => {
  it.each([
    ["alice", null, "alice"],
    ["alice", "EXAMPLE", "alice"],
    ["alice", "example.com", "alice@EXAMPLE.COM"],
    ["alice@example.com", null, "alice@EXAMPLE.COM"],
    ["alice@example.com", "OTHER.TEST", "alice@EXAMPLE.COM"],
    ["EXAMPLE\\alice", null, "alice"],
    ["example.com\\alice", null, "alice@EXAMPLE.COM"],
  ])("of %s in %s is %s", (user, domain, principal) => {
    expect(principalOf({ user, domain })).toBe(principal);
  });

  it("of nobody is null", () => {
    expect(principalOf({ user: null, domain: "EXAMPLE.COM" })).toBeNull();
  });
});

describe("matchesPrincipal", () => {
  it.each([
    [null, null, true],
    ["alice", null, true],
    ["Alice", "EXAMPLE", true],
    ["alice", "example.com", true],
    ["alice@EXAMPLE.COM", null, true],
    ["alice@other.test", null, false],
    ["alice", "other.test", false],
    ["bob", null, false],
  ])("user %s of domain %s: %s", (user, domain, matches) => {
    expect(matchesPrincipal({ user, domain }, "alice@EXAMPLE.COM")).toBe(matches);
  });
});

describe("an enterprise name", () => {
  it.each([
    ["alice@corp.example", true],
    ["ALICE@Corp.example", true],
    ["alice", false],
    ["alice@other.example", false],
  ])("of the ticket alice\\@corp.example@AD.TEST is that of the user %s: %s", (user, matches) => {
    const principal = unescapePrincipal("alice\\@corp.example@AD.TEST");
    expect(principal).toBe("alice@corp.example@AD.TEST");
    expect(matchesPrincipal({ user, domain: null }, principal)).toBe(matches);
  });

  it("can be any UPN", () => {
    expect(upnOf({ user: "alice@corp.example" })).toBe("alice@corp.example");
    expect(upnOf({ user: "alice" })).toBeNull();
    expect(upnOf({ user: null })).toBeNull();
  });
});

describe("names of credential caches", () => {
  let before: string | undefined;
  beforeEach(() => (before = process.env.KRB5CCNAME));
  afterEach(() => {
    if (before === undefined) delete process.env.KRB5CCNAME;
    else process.env.KRB5CCNAME = before;
  });

  it.each([
    ["FILE:/tmp/krb5cc_0", "/tmp/krb5cc_0"],
    ["WRFILE:/tmp/krb5cc_0", "/tmp/krb5cc_0"],
    ["/tmp/krb5cc_0", "/tmp/krb5cc_0"],
    ["tickets", "tickets"],
    ["KCM:0", null],
    ["KEYRING:persistent:0", null],
    ["DIR:/tmp/tickets", null],
    ["API:", null],
  ])("%s is the file %s", (name, path) => {
    expect(cachePath(name)).toBe(path);
  });

  it("are the given one, or that of KRB5CCNAME", async () => {
    process.env.KRB5CCNAME = "KCM:7";
    expect(await cacheName(null, attempt)).toBe("KCM:7");
    expect(await cacheName("FILE:/x", attempt)).toBe("FILE:/x");
  });
});
