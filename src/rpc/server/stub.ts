import { DecodeError } from "../../errors.js";
import type { TransferSyntax } from "../../ndr/syntax.js";
import { findVerificationTrailer, type TrailerFacts, verificationTrailerProblem } from "../verification-trailer.js";
import { FAULTS } from "./faults.js";
import type { Invocation, ServerMethod } from "./service.js";

/** A request's stub that cannot be run, with the status of the fault that says so. */
export interface BadStub {
  readonly fault: number;
  readonly problem: string;
}

/**
 * Decodes the stub of a request. A verification trailer is looked for only where the parameters leave bytes over, so that
 * parameters may hold what looks like one ([MS-RPCE] 2.2.2.13).
 */
export function prepareCall<Owner>(
  method: ServerMethod<Owner>,
  syntax: TransferSyntax,
  stub: Uint8Array,
  facts: TrailerFacts,
): Invocation<Owner> | BadStub {
  const plain = attempt(method, syntax, stub);
  if (typeof plain === "function") return plain;
  const trailer = findVerificationTrailer(stub);
  if (trailer < 0) return plain;
  const problem = verificationTrailerProblem(stub, trailer, facts);
  if (problem !== null) return { fault: FAULTS.accessDenied, problem: `verification trailer: ${problem}` };
  return attempt(method, syntax, stub.subarray(0, trailer));
}

function attempt<Owner>(
  method: ServerMethod<Owner>,
  syntax: TransferSyntax,
  stub: Uint8Array,
): Invocation<Owner> | BadStub {
  try {
    return method.prepare(syntax, stub);
  } catch (error) {
    if (error instanceof DecodeError) return { fault: FAULTS.badStubData, problem: error.message };
    throw error;
  }
}
