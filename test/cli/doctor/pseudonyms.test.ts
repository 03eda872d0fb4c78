import { describe, expect, it } from "vitest";
import { Pseudonyms } from "../../../src/cli/doctor/pseudonyms.js";

function names(): Pseudonyms {
  const one = new Pseudonyms();
  one.add("host", "printsrv.corp.example");
  one.add("host", "printsrv");
  one.add("domain", "CORP");
  one.add("user", "ann");
  one.add("printer", "HP (4th floor)");
  return one;
}

describe("names that are not told", () => {
  it("are others, the same for the same name in whatever case", () => {
    expect(names().replace("\\\\PRINTSRV\\HP (4th floor) of corp\\Ann, printsrv.corp.example")).toBe(
      "\\\\host2\\printer1 of domain1\\user1, host1",
    );
  });

  it("are words of their own", () => {
    expect(names().replace("annexed planned ann-1 corporate")).toBe("annexed planned user1-1 corporate");
  });

  it("are addresses of both families too, with ports and brackets left alone", () => {
    const text =
      "10.1.2.3:135, [fd00::5]:49669, FD00::5, fe80::1%eth0, ::1; 10.1.2.3 at 12:30:45, 1.2.3.4.5, 10.1.2.3. fd00::5.";
    expect(names().replace(text)).toBe(
      "address1:135, [address2]:49669, address2, address3, address4; address1 at 12:30:45, 1.2.3.4.5, address1. address2.",
    );
  });

  it("leave text without names as it is", () => {
    expect(new Pseudonyms().replace("IRPCAsyncNotify is at TCP port 49669")).toBe(
      "IRPCAsyncNotify is at TCP port 49669",
    );
  });
});
