import type { ChalkInstance } from "chalk";
import type { EventOrigin, WatchEvent } from "../../../watch/events.js";
import type { PictureLines } from "../open-pictures.js";
import { placeText } from "../place.js";
import { channelEntry } from "./channel.js";
import {
  failedEntry,
  gapEntry,
  heartbeatEntry,
  hookEntry,
  reconnectingEntry,
  registeredEntry,
  unregisteredEntry,
} from "./course.js";
import type { Entry } from "./entry.js";
import { layOut, type Page } from "./layout.js";
import { notificationEntry, type AnswerCommand } from "./notification.js";
import { replyEntry } from "./reply.js";
import { calendarDate } from "./time.js";

export interface PrettyOptions {
  readonly chalk: ChalkInstance;
  /** Columns now, as the terminal may change its size; Infinity where there is no terminal. */
  readonly columns: () => number;
  /** The command that presses a button (by its id) of the box with this title; null where something answers already. */
  readonly answerCommand: ((origin: EventOrigin, buttonId: string, title: string) => string) | null;
  /** The pictures of notifications; left out where they are not shown. */
  readonly picture?: PictureLines | null;
}

/** Events as text for people. When the date changes, a line with the new one stands before the next entry. */
export class PrettyText {
  readonly #options: PrettyOptions;
  #date: string;

  /** `now` is the day on which no date needs to be told. */
  constructor(options: PrettyOptions, now = new Date()) {
    this.#options = options;
    this.#date = calendarDate(now);
  }

  /** The text of an event, without a line feed at its end. */
  text(event: WatchEvent): string {
    const page: Page = { chalk: this.#options.chalk, columns: this.#options.columns() };
    const entry = entryOf(event, this.#answerCommand(event));
    const text = layOut(this.#withPicture(entry, event, page), event.time, heading(event), page);
    const date = calendarDate(event.time);
    if (date === this.#date) return text;
    this.#date = date;
    return `${page.chalk.dim(`── ${date} ──`)}\n${text}`;
  }

  #withPicture(entry: Entry, event: WatchEvent, { columns }: Page): Entry {
    const { picture } = this.#options;
    if (event.type !== "notification" || !picture) return entry;
    return { ...entry, picture: picture(event.notification, columns) };
  }

  #answerCommand(event: WatchEvent): AnswerCommand {
    const { answerCommand } = this.#options;
    return answerCommand && ((buttonId, title) => answerCommand(event, buttonId, title));
  }
}

/** What an event looks like to people, however it is laid out. */
export function entryOf(event: WatchEvent, answerCommand: AnswerCommand): Entry {
  switch (event.type) {
    case "notification":
      return notificationEntry(event.id, event.notification, answerCommand);
    case "reply.sent":
    case "reply.rejected":
    case "reply.planned":
      return replyEntry(event);
    case "registered":
      return registeredEntry(event);
    case "unregistered":
      return unregisteredEntry(event);
    case "reconnecting":
      return reconnectingEntry(event, event.registration === null);
    case "gap":
      return gapEntry(event);
    case "heartbeat":
      return heartbeatEntry(event);
    case "error":
      return failedEntry(event);
    case "hook.finished":
      return hookEntry(event);
    default:
      return channelEntry(event, event.channel);
  }
}

/** Replies and hooks name the notification they are about, which has told the place. */
function heading(event: WatchEvent): string {
  if (event.type.startsWith("reply.") || event.type === "hook.finished") return "";
  return event.type === "notification" ? `from ${placeText(event)}` : `(${placeText(event)})`;
}
