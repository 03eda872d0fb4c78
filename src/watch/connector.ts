import { connectPrintServer, type Connection } from "../pan/connect.js";
import type { WatchOptions, WatchTarget } from "./options.js";

/** Connects anew: each time the name is resolved, the endpoint mapper asked, and the logon made again. */
export type Connect = (signal: AbortSignal) => Promise<Connection>;

/** The connector of a watch for one server and identity. */
export function connector(target: WatchTarget, options: WatchOptions): Connect {
  const { connection, notice, tracer } = options;
  return (signal) => connectPrintServer({ target, options: connection, notice, tracer, signal });
}
