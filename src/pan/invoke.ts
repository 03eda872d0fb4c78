import { FaultError, HresultError, type ErrorMeaning } from "../errors.js";
import type { InOf, Method, OutOf } from "../ndr/method.js";
import type { Association, CallOptions } from "../rpc/association.js";
import type { RpcInterface } from "../rpc/interface.js";
import { failed, HRESULTS, hresultHint, hresultMeaning, hresultName } from "./hresults.js";
import { hex32 } from "../bytes/hex.js";
import { create } from "./idl.js";

/** The error of a method that answered with a failed HRESULT, whether returned or thrown as a fault. */
export function hresultError(method: string, code: number, cause?: unknown): HresultError {
  const meaning = hresultMeaning(code);
  const text = `${method} answered ${hex32(code)} (${hresultName(code)})${meaning === null ? "" : `: ${meaning}`}`;
  return new HresultError(method, code >>> 0, text, {
    cause,
    hint: hresultHint(code) ?? undefined,
    meaning: meaningOf(method, code >>> 0),
  });
}

const FINAL: readonly number[] = [
  HRESULTS.E_ACCESSDENIED,
  HRESULTS.ERROR_INVALID_NAME,
  HRESULTS.ERROR_INVALID_PRINTER_NAME,
];

/**
 * Final are access denied, a printer name that the server does not take ([MS-PAN] 3.1.1.4.1; spoolers answer 0x80070709 to an
 * unknown one), and every failure of Create (3.1.2.4.1); 0x8007071A ends all notifications (3.1.1.4.3, .5). That a call is
 * parked already (0x8004000C) ends the remote object: the next one is registered with a new object.
 */
function meaningOf(method: string, code: number): ErrorMeaning {
  if (code === HRESULTS.RPC_S_CALL_CANCELLED) return "terminated";
  return method === create.name || FINAL.includes(code) ? "final" : "answer";
}

/**
 * Calls a method and gives its out parameters, the return value among them as it came. A fault whose status has the
 * sign bit set is the same as that HRESULT returned ([MS-PAN] 3.1.1.4.3, 3.1.1.4.5) and is thrown as a HresultError.
 */
export async function invoke<M extends Method>(
  association: Association,
  iface: RpcInterface,
  method: M,
  values: InOf<M>,
  options?: CallOptions,
): Promise<OutOf<M>> {
  try {
    return await association.call(iface, method, values, options);
  } catch (error) {
    if (error instanceof FaultError && failed(error.status)) throw hresultError(method.name, error.status, error);
    throw error;
  }
}

/** Throws the HresultError of a failed return value (sign bit set); informational codes pass. */
export function expectSuccess(method: string, result: number): void {
  if (failed(result)) throw hresultError(method, result);
}
