import type { RpcInterface } from "../rpc/interface.js";
import {
  decodeEptMapRequest,
  encodeEptMapResponse,
  EPMAPPER,
  EPT_MAP_OPNUM,
  EPT_NOT_REGISTERED,
  type EptMapResponse,
} from "../rpc/endpoint-mapper/ept-map.js";
import { decodeTower, encodeTower, type TcpTower } from "../rpc/endpoint-mapper/tower.js";
import { sameSyntax } from "../rpc/pdu/syntax-id.js";
import { transferSyntaxId } from "../rpc/syntaxes.js";
import { Answer } from "../rpc/server/answer.js";
import type { Service } from "../rpc/server/service.js";

/** Where the interfaces of a server can be reached over TCP. */
export interface EndpointMap {
  readonly interfaces: readonly RpcInterface[];
  readonly port: number;
  /** The four bytes of an IPv4 address; zero for any. */
  readonly address: Uint8Array;
}

/** An endpoint mapper with the one method that clients use (C706 appendix O), NDR only; `secured` for those who log on. */
export function endpointMapService(map: EndpointMap, secured: boolean): Service<unknown> {
  const eptMap = {
    name: "ept_map",
    opnum: EPT_MAP_OPNUM,
    prepare(_syntax: unknown, stub: Uint8Array) {
      const { tower, maxTowers } = decodeEptMapRequest(stub);
      const response = lookUp(map, tower === null ? null : decodeTower(tower), maxTowers);
      return (_owner: unknown, deliver: (outcome: { kind: "results"; results: Uint8Array }) => void) => {
        deliver({ kind: "results", results: encodeEptMapResponse(response, maxTowers) });
        return new Answer(() => undefined);
      };
    },
  };
  return { interface: EPMAPPER, secured, methods: [eptMap] };
}

function lookUp({ interfaces, port, address }: EndpointMap, asked: TcpTower | null, maxTowers: number): EptMapResponse {
  const ndr = transferSyntaxId("ndr");
  const known = interfaces.find(
    ({ uuid, major, minor }) =>
      asked !== null &&
      asked.interfaceId.uuid === uuid &&
      asked.interfaceId.major === major &&
      asked.interfaceId.minor <= minor &&
      sameSyntax(asked.transferSyntax, ndr),
  );
  if (known === undefined || maxTowers === 0) return { towers: [], status: EPT_NOT_REGISTERED };
  const { uuid, major, minor } = known;
  const tower = encodeTower({ interfaceId: { uuid, major, minor }, transferSyntax: ndr, port, address });
  return { towers: [tower], status: 0 };
}
