import { encodeBind } from "../../../src/rpc/pdu/bind.js";
import { encodeBindAck } from "../../../src/rpc/pdu/bind-ack.js";
import { encodeBindNak } from "../../../src/rpc/pdu/bind-nak.js";
import { writeFaultFields } from "../../../src/rpc/pdu/fault.js";
import { buildPdu } from "../../../src/rpc/pdu/message.js";
import type { Pdu } from "../../../src/rpc/pdu/pdu.js";
import { writeRequestFields } from "../../../src/rpc/pdu/request.js";
import { writeResponseFields } from "../../../src/rpc/pdu/response.js";
import { PFC } from "../../../src/rpc/pdu/types.js";

/** The bytes of any PDU, whoever sends it, with the token that it says: what neither side of ours needs all of. */
export function encodePdu(pdu: Pdu): Uint8Array {
  switch (pdu.type) {
    case "request": {
      const flags = pdu.object === null ? pdu.flags & ~PFC.OBJECT_UUID : pdu.flags | PFC.OBJECT_UUID;
      return buildPdu(pdu.type, { ...pdu, flags }, (writer) => {
        writeRequestFields(writer, pdu);
        writer.bytes(pdu.stub);
      });
    }
    case "response":
      return buildPdu(pdu.type, pdu, (writer) => {
        writeResponseFields(writer, pdu);
        writer.bytes(pdu.stub);
      });
    case "fault":
      return buildPdu(pdu.type, pdu, (writer) => writeFaultFields(writer, pdu));
    case "bind":
    case "alter_context":
      return encodeBind(pdu);
    case "bind_ack":
    case "alter_context_resp":
      return encodeBindAck(pdu);
    case "bind_nak":
      return encodeBindNak(pdu);
    case "auth3":
    case "shutdown":
    case "co_cancel":
    case "orphaned":
      return buildPdu(pdu.type, pdu, (writer) => {
        // An auth3 has 4 bytes that mean nothing.
        if (pdu.type === "auth3") writer.zeros(4);
      });
  }
}
