import { DecodeError, PanwatchError } from "../../../src/errors.js";
import { IRPCAsyncNotify } from "../../../src/pan/idl.js";
import { decodeEptMapResponse } from "../../../src/rpc/endpoint-mapper/ept-map.js";
import { mapEndpoint } from "../../../src/rpc/endpoint-mapper/map-endpoint.js";
import { decodeTower } from "../../../src/rpc/endpoint-mapper/tower.js";
import { corpus } from "../engine/corpus.js";
import { join } from "../engine/mutations.js";
import { must, orRefuse, orRefuseLater, type FuzzTarget } from "../engine/target.js";
import { ScriptLink } from "./script-link.js";

const streams = corpus("from-server").filter((stream) => stream.length < 300);
const [bindAck = new Uint8Array(0)] = streams.map((stream) => stream.subarray(0, 84));

/** Answers of the endpoint mapper: as a stub, and as what a connection to port 135 says. */
export const endpointMap: FuzzTarget = {
  name: "endpoint-map",
  seeds: [...corpus("endpoint-map"), ...streams],
  async run(input) {
    const answer = orRefuse(() => decodeEptMapResponse(input), DecodeError);
    for (const tower of answer?.towers ?? []) orRefuse(() => decodeTower(tower), DecodeError);
    orRefuse(() => decodeTower(input), DecodeError);
    await ask(input);
    await ask(join(bindAck, responseOf(input)));
  },
};

async function ask(stream: Uint8Array): Promise<void> {
  const port = await orRefuseLater(
    () =>
      mapEndpoint({
        dial: () => Promise.resolve(new ScriptLink(stream, 1)),
        iface: IRPCAsyncNotify,
        deadline: () => new AbortController().signal,
      }),
    PanwatchError,
  );
  must(port === null || (port > 0 && port < 0x10000), "a port is a port");
}

/** A response with this stub, as it answers the first call. */
function responseOf(stub: Uint8Array): Uint8Array {
  const head = Buffer.from("0500020310000000000000000200000000000000" + "00000000", "hex");
  const length = Math.min(0xffff, head.length + stub.length);
  head.writeUInt16LE(length, 8);
  return join(head, stub.subarray(0, length - head.length));
}
