import type { HeldChannel } from "../pan/channel.js";
import type { ChannelActor, ChannelChanged } from "./events.js";

/** How a channel ended: what its last `channel.*` event tells. */
export interface ChannelEnding {
  readonly type: ChannelChanged["type"];
  readonly by: ChannelActor;
  readonly reason: string | null;
}

/** Closes a channel without an answer, so that another listener can give one. */
export async function release(held: HeldChannel, reason: string): Promise<ChannelEnding> {
  await held.release();
  return { type: "channel.released", by: "self", reason };
}
