import { splitStub } from "../fragments.js";
import type { Link } from "../link.js";
import { FAULT_STUB_OFFSET } from "../pdu/fault.js";
import { RESPONSE_STUB_OFFSET } from "../pdu/response.js";
import { PFC, WHOLE } from "../pdu/types.js";
import { buildFragment, faultHead, fragmentRoom, type FragmentSecurity, responseHead } from "../secure-fragments.js";

const NOTHING = new Uint8Array(0);

/** Which call is answered, and how often the client asked to cancel it. */
export interface AnsweredCall {
  readonly callId: number;
  readonly contextId: number;
  readonly cancelCount: number;
}

/** Sends a response in as many fragments as it takes, each at most `maxFragment` bytes. */
export function sendResponse(
  link: Link,
  { callId, contextId, cancelCount }: AnsweredCall,
  stub: Uint8Array,
  security: FragmentSecurity | null,
  maxFragment: number,
): void {
  const room = fragmentRoom(maxFragment, RESPONSE_STUB_OFFSET, security);
  for (const part of splitStub(stub, room)) {
    const head = responseHead(part.flags, callId, { allocHint: part.allocHint, contextId, cancelCount });
    link.send(buildFragment(head, part.stub, part.trailer, security));
  }
}

/** Sends a fault. One with `security` is signed, as answers of methods may be; those of the protocol are not. */
export function sendFault(
  link: Link,
  { callId, contextId, cancelCount }: AnsweredCall,
  status: number,
  executed: boolean,
  security: FragmentSecurity | null,
): void {
  const flags = executed ? WHOLE : WHOLE | PFC.DID_NOT_EXECUTE;
  const head = faultHead(flags, callId, { allocHint: FAULT_STUB_OFFSET, contextId, cancelCount, status });
  link.send(buildFragment(head, NOTHING, NOTHING, security));
}
