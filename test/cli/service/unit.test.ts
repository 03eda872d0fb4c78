import { describe, expect, it } from "vitest";
import { serviceUnit, type UnitParts } from "../../../src/cli/service/unit.js";

function unit(args: readonly string[], more: Partial<UnitParts> = {}): Record<string, string[]> {
  const launcher = ["/usr/bin/node", "/usr/lib/panwatch/bin/panwatch.js"];
  const here = { folder: "/srv", notifies: true, hasManual: false };
  const parts = { launcher, args, hook: null, targets: ["srv"], ...here, ...more };
  const settings: Record<string, string[]> = {};
  for (const line of serviceUnit(parts).split("\n")) {
    const [, name, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) (settings[name] ??= []).push(value);
  }
  return settings;
}

const START = "/usr/bin/node /usr/lib/panwatch/bin/panwatch.js watch";

describe("a unit", () => {
  it("hands passwords, accounts and keytabs over as credentials", () => {
    const given = unit(["srv", "--password-file", "secret", "-A/etc/a", "--auth-file=b", "--keytab", "/etc/k"]);
    expect(given["LoadCredential"]).toEqual([
      "password:/srv/secret",
      "account:/etc/a",
      "account-3:/srv/b",
      "keytab:/etc/k",
    ]);
    expect(given["ExecStart"]).toEqual([
      `${START} srv --password-file %d/password -A %d/account --auth-file %d/account-3 --keytab %d/keytab --no-input`,
    ]);
  });

  it("expects a password where none is named, unless Kerberos is required", () => {
    expect(unit(["srv"])["LoadCredential"]).toEqual(["password:/etc/panwatch/password"]);
    expect(unit(["srv"])["ExecStart"]).toEqual([`${START} srv --password-file %d/password --no-input`]);
    for (const args of [["-k"], ["--kerberos", "required"], ["--kerberos=required"]])
      expect(unit(["srv", ...args])["LoadCredential"]).toBeUndefined();
  });

  it("makes paths absolute, and lets only what is written be written", () => {
    const args = ["srv", "--trace", "logs/t", "--record=/var/log/r", "--reply", "rules=r.json", "--resources", "res"];
    const given = unit(args, { hook: ["./hook", "arg", "$HOME", "%d/x", 'a "b"\\'] });
    expect(given["ReadWritePaths"]).toEqual(["/srv/logs", "/var/log"]);
    expect(given["ExecStart"]).toEqual([
      `${START} srv --trace /srv/logs/t --record /var/log/r --reply rules=/srv/r.json --resources /srv/res ` +
        '--password-file %d/password --no-input -- /srv/hook arg "$$HOME" %%d/x "a \\"b\\"\\\\"',
    ]);
    expect(unit(["srv"], { hook: ["logger", "-t"] })["ExecStart"]?.[0]).toMatch(/ -- logger -t$/);
    expect(unit(["srv", "--reply", "exec=./a"])["ExecStart"]?.[0]).toContain("exec=/srv/a");
  });

  it("leads to the manual page where man finds it", () => {
    expect(unit(["srv"])["Documentation"]).toBeUndefined();
    expect(unit(["srv"], { hasManual: true })["Documentation"]).toEqual(["man:panwatch(1)"]);
  });

  it("sees homes only where it has to", () => {
    expect(unit(["srv"])["ProtectHome"]).toEqual(["yes"]);
    expect(unit(["srv", "--resources", "/home/a/r"])["ProtectHome"]).toEqual(["read-only"]);
  });

  it("tells systemd how it is only where systemd-notify is there, and ends as the contract says", () => {
    expect(unit(["srv"])).toMatchObject({ Type: ["notify"], NotifyAccess: ["all"], WatchdogSec: ["10min"] });
    const plain = unit(["srv"], { notifies: false });
    expect([plain["Type"], plain["WatchdogSec"]]).toEqual([["exec"], undefined]);
    expect(plain).toMatchObject({ SuccessExitStatus: ["130 143"], RestartPreventExitStatus: ["2 4 5 7"] });
  });
});
