import { DecodeError } from "../../../src/errors.js";
import { bytesSource } from "../../resources/support/bytes-source.js";
import { DriverFile } from "../../../src/resources/driver-file.js";
import { readPicture } from "../../../src/resources/pictures.js";
import { RESOURCE_TYPES } from "../../../src/resources/resource-directory.js";
import { corpus } from "../engine/corpus.js";
import { orRefuse, type FuzzTarget } from "../engine/target.js";

/** Ids that the corpus has, and some that it has not. */
const IDS = [1, 7, 9, 100, 1234, 65535];

/** A driver's file: its headers, directories, strings, messages and pictures. */
export const driverFile: FuzzTarget = {
  name: "resources",
  seeds: corpus("resources"),
  run(input) {
    const file = orRefuse(() => new DriverFile([bytesSource(input)], 0x407), DecodeError);
    if (file === null) return;
    for (const id of IDS) {
      for (const kind of ["icon", "bitmap"] as const) orRefuse(() => readPicture(file, kind, id), DecodeError);
      orRefuse(() => file.string(id), DecodeError);
      for (const type of Object.values(RESOURCE_TYPES)) orRefuse(() => file.resource(type, id), DecodeError);
    }
  },
};
