import { describe, expect, it } from "vitest";
import { EXIT_CODE_TABLE, exitCodeOf, PrinterNameError } from "../../src/cli/exit-codes.js";
import {
  AuthenticationError,
  DecodeError,
  DisconnectedError,
  FaultError,
  HresultError,
  IntegrityError,
  NoInterfaceError,
  PanwatchError,
  ProtocolError,
  UnreachableError,
  UsageError,
} from "../../src/errors.js";

const hresult = (code: number): HresultError => new HresultError("RegisterClient", code, "failed");

describe("exit codes", () => {
  it.each([
    [2, new UsageError("x")],
    [4, new AuthenticationError("x")],
    [5, hresult(0x80070005)],
    [5, hresult(0x80070005 | 0)],
    [5, new FaultError(5, "x")],
    [5, new FaultError(0x80070005, "x")],
    [6, new UnreachableError("connect", "x")],
    [6, new DisconnectedError("x")],
    [6, new NoInterfaceError("x")],
    [7, hresult(0x8007007b)],
    [7, hresult(0x80070709)],
    [7, new PrinterNameError("x")],
    [8, hresult(0x80070015)],
    [8, new PanwatchError("retries", "x")],
    [1, hresult(0x8004000c)],
    [1, new FaultError(0x6f7, "x")],
    [1, new ProtocolError("x")],
    [1, new DecodeError("f", 0, "x")],
    [1, new IntegrityError("x")],
    [1, new PanwatchError("internal", "x")],
    [1, new TypeError("a bug")],
    [1, "not even an error"],
  ])("%d for %s", (code, error) => {
    expect(exitCodeOf(error)).toBe(code);
  });

  it("stand in the help, all of them", () => {
    const codes = EXIT_CODE_TABLE.flatMap(([text]) => text.split(", ").map(Number));
    expect(codes).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 129, 130, 143]);
  });
});
