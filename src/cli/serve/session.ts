import { setImmediate, setTimeout } from "node:timers/promises";
import { PanwatchError, UsageError } from "../../errors.js";
import type { ClientEvent } from "../../print-server/model/events.js";
import type { PrintServer, ServerChannel } from "../../print-server/print-server.js";
import { type Instruction, parseInstruction, type RaiseInstruction } from "./instruction.js";

/** The answer to a line of input. */
export type Answer =
  | {
      readonly type: "done";
      /** Registrations that it reached, over all repetitions. */
      readonly delivered: number;
      /** Registrations that lost it because their queues were full. */
      readonly lost: number;
      /** The channels that were opened. */
      readonly channels: readonly string[];
    }
  | { readonly type: "error"; readonly message: string };

/** Carries out lines of input, one after the other. */
export class ServeSession {
  readonly #server: PrintServer;
  /** Channels that nobody has answered yet. */
  readonly #channels = new Map<string, ServerChannel>();

  constructor(server: PrintServer) {
    this.#server = server;
  }

  /** Nothing is asked twice: whoever answered on a channel without closing it has it closed. */
  follow(event: ClientEvent): void {
    if (event.type !== "client.replied") return;
    this.#channels.get(event.channel)?.close();
    this.#channels.delete(event.channel);
  }

  /** Carries out one line; `signal` ends a repetition. Errors of the line are answers too. */
  async run(line: string, signal: AbortSignal): Promise<Answer> {
    try {
      return await this.#carryOut(parseInstruction(line), signal);
    } catch (error) {
      if (!(error instanceof PanwatchError)) throw error;
      return { type: "error", message: error.message };
    }
  }

  async #carryOut(instruction: Instruction, signal: AbortSignal): Promise<Answer> {
    if (instruction.kind === "close") {
      this.#close(instruction.channel);
      return { type: "done", delivered: 0, lost: 0, channels: [] };
    }
    this.#refuseUnknownPrinter(instruction.printer);
    let delivered = 0;
    let lost = 0;
    const channels: string[] = [];
    for (let i = 0; i < instruction.repeat && !signal.aborted; i++) {
      if (i > 0) await pause(instruction.intervalMs, signal);
      const raised = this.#raise(instruction);
      delivered += raised.delivered;
      lost += raised.lost;
      channels.push(...raised.channels);
    }
    return { type: "done", delivered, lost, channels };
  }

  #raise({ kind, type, data, printer, user }: RaiseInstruction): {
    delivered: number;
    lost: number;
    channels: readonly string[];
  } {
    const raised = { type, data, printer, user };
    if (kind === "notify") return { ...this.#server.notify(raised), channels: [] };
    const channel = this.#server.openChannel(raised);
    this.#channels.set(channel.id, channel);
    return { delivered: channel.delivered, lost: 0, channels: [channel.id] };
  }

  #close(id: string): void {
    const channel = this.#channels.get(id);
    if (channel === undefined) throw new UsageError(`No channel ${JSON.stringify(id)} is open.`);
    channel.close();
    this.#channels.delete(id);
  }

  #refuseUnknownPrinter(printer: string | null): void {
    if (printer !== null && !this.#server.hasPrinter(printer))
      throw new UsageError(`This server has no printer ${JSON.stringify(printer)}.`);
  }
}

/** Lets clients take what was raised before the next is; ends at once when the signal aborts. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms === 0) await setImmediate();
  else await setTimeout(ms, undefined, { signal }).catch(() => undefined);
}
