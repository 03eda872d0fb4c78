import type { InOf, OutOf } from "../ndr/method.js";
import { FAULTS } from "../rpc/server/faults.js";
import { serve, type Reply, type Service } from "../rpc/server/service.js";
import {
  IRemoteWinspool,
  PRINTER_ENUM_LOCAL,
  PRINTER_ENUM_NAME,
  rpcAsyncEnumPrinters,
  rpcEnumPrinters,
  WIN32_ERRORS,
  winspool,
} from "../spooler/idl.js";
import { encodePrinters } from "../spooler/printer-info.js";

/** The queues that there are when a client asks. */
type Queues = () => readonly string[];
type EnumIn = InOf<typeof rpcEnumPrinters>;
type EnumOut = OutOf<typeof rpcEnumPrinters>;

/** The methods of [MS-PAR] and [MS-RPRN] that list the queues of a server, at level 1. [MS-PAR] wants privacy (2.1). */
export function spoolerServices(queues: Queues): Service<unknown>[] {
  const answer = (_client: unknown, values: EnumIn, reply: Reply<EnumOut>): void => enumPrinters(queues, values, reply);
  return [
    {
      interface: IRemoteWinspool,
      secured: true,
      minLevel: "privacy",
      methods: [serve(rpcAsyncEnumPrinters, answer)],
    },
    { interface: winspool, secured: true, methods: [serve(rpcEnumPrinters, answer)] },
  ];
}

/** [MS-RPRN] 3.1.4.2.1, 3.1.4.1.9 */
function enumPrinters(
  queues: Queues,
  { Flags, Name, Level, pPrinterEnum, cbBuf }: EnumIn,
  reply: Reply<EnumOut>,
): void {
  const call = reply((out: EnumOut) => out);
  const size = pPrinterEnum?.length ?? 0;
  if (size !== cbBuf) return call.fault(FAULTS.badStubData);
  const answer = (result: number, needed = 0, returned = 0, filled = new Uint8Array(size)): void =>
    call.give({ pPrinterEnum: pPrinterEnum && filled, pcbNeeded: needed, pcReturned: returned, result });
  if (Level !== 1) return answer(WIN32_ERRORS.invalidLevel);
  if (Name !== null && !/^(\\\\[^\\]+)?$/.test(Name)) return answer(WIN32_ERRORS.invalidName);
  const isAsked = (Flags & (PRINTER_ENUM_LOCAL | PRINTER_ENUM_NAME)) !== 0;
  const names = isAsked ? queues().map((queue) => (Name ? `${Name}\\${queue}` : queue)) : [];
  const info = encodePrinters(names.map((name) => ({ name, comment: "" })));
  if (info.length > size) return answer(WIN32_ERRORS.insufficientBuffer, info.length);
  const filled = new Uint8Array(size);
  filled.set(info);
  answer(0, info.length, names.length, filled);
}
