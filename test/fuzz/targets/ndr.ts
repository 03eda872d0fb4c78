import { DecodeError } from "../../../src/errors.js";
import { decodeRequest, decodeResponse, type Method } from "../../../src/ndr/method.js";
import * as idl from "../../../src/pan/idl.js";
import { rpcEnumPrinters } from "../../../src/spooler/idl.js";
import { VECTORS, vectorBytes } from "../../golden/ndr-vectors.js";
import { orRefuse, type FuzzTarget } from "../engine/target.js";

const METHODS: readonly Method[] = [
  idl.create,
  idl.deleteObject,
  idl.registerClient,
  idl.unregisterClient,
  idl.getNewChannel,
  idl.getNotificationSendResponse,
  idl.getNotification,
  idl.closeChannel,
  rpcEnumPrinters,
];

function seedsOf(direction: "request" | "response"): Uint8Array[] {
  const vectors = VECTORS.filter((vector) => vector.direction === direction);
  return vectors.map((vector) => vectorBytes(vector, [0x20000, 0x20004]));
}

function target(direction: "request" | "response", decode: typeof decodeRequest | typeof decodeResponse): FuzzTarget {
  return {
    name: `ndr-${direction}`,
    seeds: seedsOf(direction),
    run(input) {
      for (const method of METHODS) {
        orRefuse(() => decode(method, "ndr", input), DecodeError);
        orRefuse(() => decode(method, "ndr64", input), DecodeError);
      }
    },
  };
}

/** Responses of all methods, which a hostile server sends; each input is tried as all of them, in both syntaxes. */
export const ndrResponse = target("response", decodeResponse);

/** Requests, which clients of the embedded server send. */
export const ndrRequest = target("request", decodeRequest);
