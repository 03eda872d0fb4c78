import { DecodeError, IntegrityError, ProtocolError, TooLargeError } from "../../../src/errors.js";
import { StubAssembly } from "../../../src/rpc/fragments.js";
import { PduFramer } from "../../../src/rpc/framing.js";
import { FAULT_STUB_OFFSET } from "../../../src/rpc/pdu/fault.js";
import { decodePdu, type Pdu } from "../../../src/rpc/pdu/pdu.js";
import { requestStubOffset } from "../../../src/rpc/pdu/request.js";
import { RESPONSE_STUB_OFFSET } from "../../../src/rpc/pdu/response.js";
import { PFC } from "../../../src/rpc/pdu/types.js";
import { openFragment } from "../../../src/rpc/secure-fragments.js";
import { corpus } from "../engine/corpus.js";
import { must, orRefuse, type FuzzTarget } from "../engine/target.js";
import { CREDULOUS_SECURITY } from "./credulous.js";
import { chunksOf } from "./script-link.js";

const LARGEST_STUB = 16 * 1024;

/** What a stream of bytes becomes: framed, decoded, its fragments opened and joined. */
export const pduStream: FuzzTarget = {
  name: "pdu-stream",
  seeds: [...corpus("from-server"), ...corpus("from-client")],
  run(input) {
    const whole = framed([input]);
    const cut = framed(chunksOf(input));
    must(whole.join() === cut.join(), "the chunks of a stream change nothing");
    must(whole.reduce((sum, length) => sum + length, 0) <= input.length, "PDUs are no longer than the stream");
    readAll(input);
  },
};

/** The lengths of the PDUs in a stream, up to what cannot be framed. */
function framed(chunks: readonly Uint8Array[]): number[] {
  const framer = new PduFramer();
  const lengths: number[] = [];
  orRefuse(() => {
    for (const chunk of chunks) for (const pdu of framer.push(chunk)) lengths.push(pdu.length);
  }, DecodeError);
  return lengths;
}

function readAll(input: Uint8Array): void {
  const assemblies = new Map<number, StubAssembly>();
  orRefuse(() => {
    for (const bytes of new PduFramer().push(input)) {
      const pdu = orRefuse(() => decodePdu(bytes), DecodeError);
      if (pdu !== null) collect(pdu, bytes, assemblies);
    }
  }, DecodeError);
}

function collect(pdu: Pdu, bytes: Uint8Array, assemblies: Map<number, StubAssembly>): void {
  if (pdu.type !== "response" && pdu.type !== "request" && pdu.type !== "fault") return;
  const start = { response: RESPONSE_STUB_OFFSET, fault: FAULT_STUB_OFFSET, request: requestStubOffset(objectOf(pdu)) };
  const opened = orRefuse(
    () => openFragment(bytes, start[pdu.type], pdu.auth, CREDULOUS_SECURITY),
    ProtocolError,
    IntegrityError,
  );
  if (opened === null || pdu.type === "fault") return;
  const assembly = assemblies.get(pdu.callId) ?? new StubAssembly(LARGEST_STUB);
  assemblies.set(pdu.callId, assembly);
  assembly.add(opened);
  if ((pdu.flags & PFC.LAST_FRAG) === 0) return;
  assemblies.delete(pdu.callId);
  const stub = orRefuse(() => assembly.finish("the stub"), TooLargeError);
  must(stub === null || stub.length === assembly.size, "a stub is as long as its parts");
}

function objectOf(pdu: Pdu): string | null {
  return pdu.type === "request" ? pdu.object : null;
}
