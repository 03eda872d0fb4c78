import { describe, expect, it } from "vitest";
import { parseAuthFile } from "../../src/cli/auth-file.js";
import { UsageError } from "../../src/errors.js";

describe("the authentication file of smbclient", () => {
  it.each([
    ["username = alice\npassword = Sesame\ndomain = CORP\n", "alice", "CORP", "Sesame"],
    ["USERNAME=alice\r\nPassword=Sesame\r\n", "alice", null, "Sesame"],
    ["  username\t=\talice  \n", "alice  ", null, null],
    ["username = CORP\\alice\npassword = a = b \n", "alice", "CORP", "a = b "],
    ["username = CORP\\alice\ndomain = OTHER\n", "alice", "OTHER", null],
    ["# a comment\nrealm = X\n\nusername = alice\npassword =\n", "alice", null, null],
    ["\ufeffusername = alice@corp.example\n", "alice@corp.example", null, null],
    ["password = %:@/ü\n", null, null, "%:@/ü"],
  ])("%j", (text, user, domain, password) => {
    expect(parseAuthFile(text)).toEqual({ user, domain, password });
  });

  it.each(["", "Sesame\n", "user = alice\n", "passwordx = y\n"])("refuses %j without repeating it", (text) => {
    expect(() => parseAuthFile(text)).toThrow(UsageError);
    expect(() => parseAuthFile(text)).not.toThrow(/Sesame|alice/);
  });
});
