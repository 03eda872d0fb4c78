import type { Guid } from "../../bytes/guid.js";
import { decodeRequest, decodeResponse, type Method } from "../../ndr/method.js";
import type { TransferSyntax } from "../../ndr/syntax.js";
import * as idl from "../../pan/idl.js";
import type { RpcInterface } from "../../rpc/interface.js";
import {
  decodeEptMapRequest,
  decodeEptMapResponse,
  EPMAPPER,
  EPT_MAP_OPNUM,
} from "../../rpc/endpoint-mapper/ept-map.js";
import { decodeTower } from "../../rpc/endpoint-mapper/tower.js";
import * as spooler from "../../spooler/idl.js";

type StubReader = (syntax: TransferSyntax, stub: Uint8Array) => object;

/** A method as traces know it: its name, and what reads the stubs of its calls. The readers throw a DecodeError. */
export interface TracedMethod {
  readonly name: string;
  readonly request: StubReader;
  readonly response: StubReader;
}

interface TracedInterface {
  readonly name: string;
  readonly methods: ReadonlyMap<number, TracedMethod>;
}

const eptMap: TracedMethod = {
  name: "ept_map",
  request: (_syntax, stub) => {
    const { tower, maxTowers } = decodeEptMapRequest(stub);
    return { map_tower: tower === null ? null : towerOf(tower), max_towers: maxTowers };
  },
  response: (_syntax, stub) => {
    const { towers, status } = decodeEptMapResponse(stub);
    return { ITowers: towers.map(towerOf), status };
  },
};

/** What a tower says; its bytes where it does not lead over TCP. */
function towerOf(octets: Uint8Array): object {
  const tower = decodeTower(octets);
  return tower === null ? { octets } : { ...tower, address: [...tower.address].join(".") };
}

function fromTable(method: Method): TracedMethod {
  return {
    name: method.name,
    request: (syntax, stub) => decodeRequest(method, syntax, stub),
    response: (syntax, stub) => decodeResponse(method, syntax, stub),
  };
}

const INTERFACES: readonly (readonly [RpcInterface, readonly (readonly [number, TracedMethod])[]])[] = [
  [EPMAPPER, [[EPT_MAP_OPNUM, eptMap]]],
  [idl.IRPCRemoteObject, tables(idl.create, idl.deleteObject)],
  [
    idl.IRPCAsyncNotify,
    tables(
      idl.registerClient,
      idl.unregisterClient,
      idl.getNewChannel,
      idl.getNotificationSendResponse,
      idl.getNotification,
      idl.closeChannel,
    ),
  ],
  [spooler.IRemoteWinspool, tables(spooler.rpcAsyncEnumPrinters, spooler.rpcAsyncEnumPrinterDrivers)],
  [spooler.winspool, tables(spooler.rpcEnumPrinters, spooler.rpcEnumPrinterDrivers)],
];

function tables(...methods: readonly Method[]): (readonly [number, TracedMethod])[] {
  return methods.map((method) => [method.opnum, fromTable(method)]);
}

const BY_UUID = new Map<Guid, TracedInterface>(
  INTERFACES.map(([{ uuid, name }, methods]) => [uuid, { name, methods: new Map(methods) }]),
);

/** An interface that panwatch calls; undefined for any other. */
export function interfaceOf(uuid: Guid): TracedInterface | undefined {
  return BY_UUID.get(uuid);
}
