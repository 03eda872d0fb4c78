import { NoInterfaceError, type PanwatchError } from "../../../errors.js";
import { KerberosError } from "../../../security/kerberos/failures.js";
import { withFlags } from "../../hints.js";
import { asSentence, capitalised } from "../../sentence.js";
import type { Advice, DoctorStep } from "../findings.js";
import type { Circumstances } from "./circumstances.js";
import { credentialsAdvice, logonAdvice } from "./logging-on.js";
import { mapperAdvice, mapperPortAdvice, portAdvice, resolveAdvice } from "./reaching.js";
import { callAdvice } from "./registering.js";

const BY_STEP: Record<DoctorStep, (error: PanwatchError, circumstances: Circumstances) => Advice> = {
  resolve: resolveAdvice,
  "endpoint-mapper": mapperPortAdvice,
  "endpoint-map": mapperAdvice,
  credentials: credentialsAdvice,
  port: portAdvice,
  logon: logonAdvice,
  queues: callAdvice,
  create: callAdvice,
  register: (error, circumstances) =>
    error instanceof NoInterfaceError ? logonAdvice(error, circumstances) : callAdvice(error, circumstances),
  unregister: callAdvice,
  delete: callAdvice,
};

/**
 * What the failure of a step means, its likely causes and what to look at. It names the settings of Windows that decide,
 * so that whoever administers them can judge; it never says to weaken one.
 */
export function adviceFor(step: DoctorStep, error: PanwatchError, circumstances: Circumstances): Advice {
  const advice = BY_STEP[step](error, circumstances);
  // Kerberos knows more about a failed logon than what is said for all of them.
  const knowsMore = step === "credentials" || error instanceof KerberosError;
  return knowsMore && error.hint !== null
    ? { ...advice, look: [asSentence(capitalised(withFlags(error.hint))), ...advice.look] }
    : advice;
}
