import { describe, expect, it } from "vitest";
import { explainFailure, explainKrbError } from "../../../src/security/kerberos/failures.js";

const attempt = { spn: "host/printsrv.lab.test", principal: "alice@LAB.TEST", patienceMs: 1000 };

describe("explainFailure", () => {
  // Texts of MIT krb5 1.20.1, from the kerberos package, kinit and kvno.
  it.each([
    [
      "No credentials were supplied, or the credentials were unavailable or inaccessible: No Kerberos credentials available (default cache: FILE:/tmp/krb5cc_0)",
      "no-ticket",
      "kinit",
    ],
    [
      "kvno: No credentials cache found (filename: /tmp/krb5cc_0) while getting client principal name",
      "no-ticket",
      "kinit",
    ],
    [
      "kvno: Credentials cache keyring 'persistent:0:0' not found while getting client principal name",
      "no-ticket",
      "kinit",
    ],
    ["Unspecified GSS failure.  Minor code may provide more information: Ticket expired", "no-ticket", "kinit"],
    ["kvno: Ticket expired while getting credentials for host/x@LAB.TEST", "no-ticket", "kinit"],
    ["Minor code may provide more information: Cannot contact any KDC for realm 'LAB.TEST'", "no-kdc", "krb5.conf"],
    ['kinit: Cannot find KDC for realm "LAB.TEST" while getting initial credentials', "unknown-realm", "krb5.conf"],
    [
      "kinit: Client 'eve@LAB.TEST' not found in Kerberos database while getting initial credentials",
      "unknown-account",
      "capitals",
    ],
    [
      "Minor code may provide more information: Server host/x@LAB.TEST not found in Kerberos database",
      "refused",
      "connection.spn",
    ],
    ["kinit: Password incorrect while getting initial credentials", "secret", "password"],
    ["kinit: Preauthentication failed while getting initial credentials", "secret", "password"],
    ["kinit: Password has expired while getting initial credentials", "secret", "kpasswd"],
    [
      "kinit: Cannot read password while getting initial credentials\nPassword for alice: \nPassword expired.  You must change it now.\nEnter new password:",
      "secret",
      "kpasswd",
    ],
    ["kinit: Client's credentials have been revoked while getting initial credentials", "secret", "administrator"],
    ["Minor code may provide more information: Clock skew too great", "refused", "clock"],
    ["Minor code may provide more information: Ticket not yet valid", "refused", "clock"],
    ["kinit: Key table file '/x' not found while getting initial credentials", "refused", "klist -k"],
    [
      "kinit: Keytab contains no suitable keys for bob@LAB.TEST while getting initial credentials",
      "refused",
      "klist -k",
    ],
    [
      "Minor code may provide more information: KDC has no support for encryption type",
      "refused",
      "permitted_enctypes",
    ],
    ["kinit: Configuration file does not specify default realm when parsing name alice", "no-ticket", "default_realm"],
    ["Minor code may provide more information: Something new", "refused", "KRB5_TRACE"],
  ])("makes of %j: %s, with a hint about %s", (text, failure, hint) => {
    const error = explainFailure(text, attempt);
    expect(error).toMatchObject({ code: "authentication", failure });
    expect(error.hint).toContain(hint);
    expect(error.message).toContain("alice@LAB.TEST for host/printsrv.lab.test");
  });

  it("names the realm whose KDC does not answer, and the account that is unknown", () => {
    expect(explainFailure("Cannot contact any KDC for realm 'LAB.TEST'", attempt).message).toContain("realm LAB.TEST");
    expect(explainFailure("Client 'eve@LAB.TEST' not found in Kerberos database", attempt).message).toContain(
      "the account eve@LAB.TEST",
    );
  });

  it("keeps the first line of an unknown text only", () => {
    const error = explainFailure("something\nKRB5 trace with secrets", { ...attempt, principal: null });
    expect(error.message).toBe("Kerberos failed (for host/printsrv.lab.test: something)");
  });
});

describe("explainKrbError", () => {
  it.each([
    [31, "setspn"],
    [37, "NTP"],
    [44, "kdestroy"],
    [60, "event log"],
  ])("makes of error %i a hint about %s", (code, hint) => {
    const error = explainKrbError(code, attempt);
    expect(error).toMatchObject({ code: "authentication", failure: "refused" });
    expect(error.message).toContain(`error ${code}`);
    expect(error.hint).toContain(hint);
  });
});
