import { NIL_GUID, GUID_SIZE, guidFromBytes, guidToBytes } from "../../bytes/guid.js";
import { ByteReader } from "../../bytes/reader.js";
import { ByteWriter } from "../../bytes/writer.js";
import type { RpcInterface } from "../interface.js";

/** The endpoint mapper (C706 appendix O, [MS-RPCE] 2.2.1.2). */
export const EPMAPPER: RpcInterface = {
  name: "epmapper",
  uuid: "e1af8308-5d1f-11c9-91a4-08002b14a0fa",
  major: 3,
  minor: 0,
};

/** The opnum of ept_map. */
export const EPT_MAP_OPNUM = 3;
/** `status` of ept_map: nothing in the map fits the tower. */
export const EPT_NOT_REGISTERED = 0x16c9a0d6;

const HANDLE_SIZE = 20;
/** [MS-RPCE] 2.2.1.2.2 and 2.2.1.2.5 */
const LARGEST_TOWER = 2000;
const MOST_TOWERS = 500;

/*
 * void ept_map(
 *   [in] handle_t hEpMapper,
 *   [in, ptr] UUID* obj,
 *   [in, ptr] twr_p_t map_tower,
 *   [in, out] ept_lookup_handle_t* entry_handle,
 *   [in, range(0,500)] unsigned long max_towers,
 *   [out] unsigned long* num_towers,
 *   [out, ptr, size_is(max_towers), length_is(*num_towers)] twr_p_t* ITowers,
 *   [out] error_status* status);
 */

/** What a request of ept_map asks. */
export interface EptMapRequest {
  readonly tower: Uint8Array;
  readonly maxTowers: number;
}

/** The NDR stub of a request. Old servers insist on the referent ids 1 and 2, and on an object, even a nil one. */
export function encodeEptMapRequest({ tower, maxTowers }: EptMapRequest): Uint8Array {
  const writer = new ByteWriter(160);
  writer.u32(1).bytes(guidToBytes(NIL_GUID));
  writer.u32(2).u32(tower.length).u32(tower.length).bytes(tower).align(4);
  writer.zeros(HANDLE_SIZE).u32(maxTowers);
  return writer.finish();
}

/** The values of a request's NDR stub; the tower is null when it was left out. Throws a DecodeError. */
export function decodeEptMapRequest(stub: Uint8Array): { tower: Uint8Array | null; maxTowers: number } {
  const reader = new ByteReader(stub, "ept_map");
  if (reader.u32("obj") !== 0) guidFromBytes(reader.bytes(GUID_SIZE, "obj"));
  const tower = reader.u32("map_tower") === 0 ? null : readTower(reader, "map_tower");
  reader.bytes(HANDLE_SIZE, "entry_handle");
  const maxTowers = reader.u32("max_towers");
  if (maxTowers > MOST_TOWERS) throw reader.fail("max_towers", `is ${maxTowers}, more than ${MOST_TOWERS}`);
  return { tower, maxTowers };
}

/** What a response of ept_map says. */
export interface EptMapResponse {
  readonly towers: readonly Uint8Array[];
  /** 0, EPT_NOT_REGISTERED or another status. */
  readonly status: number;
}

/** The NDR stub of a response to a request for at most `maxTowers`. */
export function encodeEptMapResponse({ towers, status }: EptMapResponse, maxTowers: number): Uint8Array {
  const writer = new ByteWriter();
  writer.zeros(HANDLE_SIZE).u32(towers.length);
  writer.u32(maxTowers).u32(0).u32(towers.length);
  for (const index of towers.keys()) writer.u32(3 + index);
  for (const tower of towers) writer.u32(tower.length).u32(tower.length).bytes(tower).align(4);
  writer.u32(status);
  return writer.finish();
}

/** The values of a response's NDR stub; towers are views of it. Throws a DecodeError. */
export function decodeEptMapResponse(stub: Uint8Array): EptMapResponse {
  const reader = new ByteReader(stub, "ept_map");
  reader.bytes(HANDLE_SIZE, "entry_handle");
  const count = reader.u32("num_towers");
  const maxCount = reader.u32("ITowers.max_count");
  const offset = reader.u32("ITowers.offset");
  const actual = reader.u32("ITowers.actual_count");
  if (offset !== 0) throw reader.fail("ITowers.offset", `is ${offset}, not 0`);
  if (actual !== count || actual > maxCount || actual > MOST_TOWERS)
    throw reader.fail("ITowers.actual_count", `is ${actual}, with num_towers ${count} and max_count ${maxCount}`);
  const present: boolean[] = [];
  for (let i = 0; i < actual; i++) present.push(reader.u32(`ITowers[${i}]`) !== 0);
  const towers = present.flatMap((there, i) => (there ? [readTower(reader, `ITowers[${i}]`)] : []));
  return { towers, status: reader.u32("status") };
}

function readTower(reader: ByteReader, field: string): Uint8Array {
  const maxCount = reader.u32(`${field}.max_count`);
  const length = reader.u32(`${field}.tower_length`);
  if (length !== maxCount) throw reader.fail(`${field}.tower_length`, `is ${length}, but max_count is ${maxCount}`);
  if (length > LARGEST_TOWER) throw reader.fail(`${field}.tower_length`, `is ${length}, more than ${LARGEST_TOWER}`);
  const octets = reader.bytes(length, `${field}.tower_octet_string`);
  reader.align(4, `the end of ${field}`);
  return octets;
}
