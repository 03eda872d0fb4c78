import { DecodeError } from "../../../src/errors.js";
import { decodeDrivers } from "../../../src/spooler/driver-info.js";
import { decodePrinters, encodePrinters } from "../../../src/spooler/printer-info.js";
import { must, orRefuse, type FuzzTarget } from "../engine/target.js";

const MAX_COUNT = 100_000;

/** As many structures as fit, each with a string of its own or with one of all the others. */
function large(): Uint8Array[] {
  const printers = Array.from({ length: 16_000 }, (_, i) => ({ name: `queue ${i}`, comment: "c" }));
  const shared = new Uint8Array(1024 * 1024).fill(0x20, 16 * 16_000, 1024 * 1024 - 2);
  const view = new DataView(shared.buffer);
  for (let i = 0; i < 16_000; i++) view.setUint32(16 * i + 8, 16 * (16_000 - i), true);
  return [encodePrinters(printers), shared];
}

/** Buffers of RpcEnumPrinters and RpcEnumPrinterDrivers, which a hostile server fills; tried with each number of structures that could fit. */
export const printerInfo: FuzzTarget = {
  name: "printer-info",
  seeds: [
    encodePrinters([]),
    encodePrinters([{ name: "HP4", comment: "" }]),
    encodePrinters([
      { name: "\\\\server\\HP4", comment: "first floor" },
      { name: "\\\\server\\Kyo", comment: "" },
    ]),
  ],
  words: [0, 16, 0xffff_ffff, 0xffff_fff0].map((value) => new Uint8Array(Uint32Array.of(value).buffer)),
  large: large(),
  run(input) {
    const fitting = Math.floor(input.length / 16);
    for (const count of new Set([0, 1, fitting, fitting + 1, MAX_COUNT])) {
      const printers = orRefuse(() => decodePrinters(input, count), DecodeError);
      orRefuse(() => decodeDrivers(input, count), DecodeError);
      must(printers === null || printers.length === count, "as many printers as there are said to be");
      const text = printers?.reduce((sum, { name, comment }) => sum + name.length + comment.length, 0) ?? 0;
      must(2 * text <= input.length, "no more text than bytes");
    }
  },
};
