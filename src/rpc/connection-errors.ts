import { DecodeError, DisconnectedError, PanwatchError, ProtocolError, UnreachableError } from "../errors.js";

/** What listens there begins its answer with something else than a PDU. */
export function notRpc(peer: string, cause: DecodeError): UnreachableError {
  return new UnreachableError("bind", `${peer} does not speak DCE/RPC: its answer is no PDU`, {
    cause,
    hint: "another program listens there: check the port",
  });
}

/** A PDU began, and did not go on. */
export function stalled(peer: string): DisconnectedError {
  return new DisconnectedError(`${peer} stopped in the middle of a PDU`, {
    hint: "something on the way loses bytes without ending the connection",
  });
}

/** An answer that breaks off is a lost connection: a server that refuses a logon by closing says nothing at all. */
export function brokenOff(peer: string, cause: PanwatchError): DisconnectedError {
  return new DisconnectedError(`${peer} ended the connection in the middle of its answer`, { cause });
}

/** The server ended the connection instead of an answer to the bind or the logon. */
export function unanswered(peer: string, stage: "bind" | "logon", cause: PanwatchError): UnreachableError {
  return new UnreachableError(stage, `${peer} ended the connection before it had answered the ${stage}`, { cause });
}

/** A malformed PDU is a broken rule of the protocol; anything that is no error of ours is a bug, and must not crash. */
export function connectionError(error: unknown, peer: string): PanwatchError {
  if (error instanceof DecodeError)
    return new ProtocolError(`${peer} sent a malformed PDU: ${error.message}`, { cause: error });
  if (error instanceof PanwatchError) return error;
  return new PanwatchError("internal", `handling what ${peer} sent failed unexpectedly`, { cause: error });
}
