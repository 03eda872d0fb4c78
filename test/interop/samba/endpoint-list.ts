import { method } from "../../../src/ndr/method.js";
import type { NdrType } from "../../../src/ndr/type.js";
import { contextHandle, guid, NULL_HANDLE, u32, unique } from "../../../src/ndr/types.js";
import type { Association } from "../../../src/rpc/association.js";
import { EPMAPPER } from "../../../src/rpc/endpoint-mapper/ept-map.js";

/** All that is left of a stub. */
const rest: NdrType<Uint8Array> = {
  write: (to, value) => to.bytes(value),
  read: (from, field) => from.bytes(from.remaining, field),
};

/** [C706] appendix O: the entries of an endpoint mapper, which take several fragments. */
const lookup = method("ept_lookup", 2, {
  in: {
    inquiry_type: u32,
    object: unique(guid),
    interface_id: unique(u32),
    vers_option: u32,
    entry_handle: contextHandle,
    max_ents: u32,
  },
  out: { entry_handle: contextHandle, num_ents: u32, entries: rest },
});

const ALL = { inquiry_type: 0, object: null, interface_id: null, vers_option: 1, max_ents: 500 };

/** The endpoint mapper's entries as it encoded them. */
export async function listEndpoints(association: Association): Promise<Uint8Array> {
  const { entries } = await association.call(EPMAPPER, lookup, { ...ALL, entry_handle: NULL_HANDLE });
  return entries;
}
