import { expect, it, vi } from "vitest";
import { beginExchange } from "../../../src/security/kerberos/gss.js";
import { parseSpn } from "../../../src/security/kerberos/spn.js";

const spn = parseSpn("host/printsrv.lab.test");
const attempt = { spn: spn.text, principal: "alice@LAB.TEST", patienceMs: 60_000 };

vi.mock("kerberos", () => {
  throw Object.assign(new Error("Cannot find package 'kerberos'"), { code: "ERR_MODULE_NOT_FOUND" });
});

it("says what to install when the kerberos package is missing", async () => {
  const begun = beginExchange(spn, "FILE:/given", attempt);
  await expect(begun).rejects.toMatchObject({
    code: "authentication",
    failure: "not-installed",
    message: "Kerberos needs the npm package kerberos (host/printsrv.lab.test)",
    hint: expect.stringMatching(/npm install kerberos.*libkrb5-dev/) as string,
  });
});
