import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeUtf16 } from "../../../src/bytes/utf16.js";
import { ASYNC_UI, PRINTER_CONFIGURATION } from "../../../src/pan/types.js";
import { balloonDocument, messageBoxDocument } from "../../../src/print-server/documents/asyncui.js";
import { configurationDocument } from "../../../src/print-server/documents/configuration.js";
import type { ClientEvent } from "../../../src/print-server/model/events.js";
import type { PrintServerOptions } from "../../../src/print-server/options.js";
import { PrintServer } from "../../../src/print-server/print-server.js";
import { eventually, saysWhatIsMissing } from "../../support/eventually.js";

export const PASSWORD = "Pa55word of the tests";

type EventOf<Type extends ClientEvent["type"]> = Extract<ClientEvent, { readonly type: Type }>;

/** A print server in this process with the user alice, and what a panwatch needs to watch it. */
export class LoopbackServer implements AsyncDisposable {
  readonly #folder: string;
  readonly server: PrintServer;
  /** Everything that clients did. */
  readonly events: ClientEvent[] = [];

  private constructor(server: PrintServer, folder: string) {
    this.server = server;
    this.#folder = folder;
    server.on((event) => this.events.push(event));
  }

  static async start(options: Partial<PrintServerOptions> = {}): Promise<LoopbackServer> {
    const folder = mkdtempSync(join(tmpdir(), "panwatch-e2e-"));
    const server = await PrintServer.start({ users: [{ name: "alice", password: PASSWORD }], epmPort: 0, ...options });
    const loopback = new LoopbackServer(server, folder);
    loopback.file("password", `${PASSWORD}\n`);
    return loopback;
  }

  /** Writes a file into a folder that goes away with the server, and gives its path. */
  file(name: string, content: string): string {
    const path = join(this.#folder, name);
    writeFileSync(path, content, { mode: 0o700 });
    return path;
  }

  path(name: string): string {
    return join(this.#folder, name);
  }

  /** The options that lead here, over the endpoint mapper. */
  get access(): readonly string[] {
    return ["-U", "alice", "--password-file", this.path("password"), "--epm-port", String(this.server.epmPort)];
  }

  /** Raises a balloon for everybody who watches any printer. */
  balloon(title: string): void {
    this.server.notify({ type: ASYNC_UI, data: balloonDocument({ title, bodies: ["Body"] }) });
  }

  /** Raises an AsyncUI notification in one direction. */
  asyncUi(element: string): void {
    this.server.notify({ type: ASYNC_UI, data: request(element) });
  }

  /** Raises a configuration change. */
  configuration(name: string, value: number): void {
    const settings = [{ name, kind: "BIDI_INT", value: String(value) }] as const;
    const data = configurationDocument({ printerName: "HP4", settings, reduced: [] });
    this.server.notify({ type: PRINTER_CONFIGURATION, data });
  }

  /** Opens a message box with OK and Cancel. */
  messageBox(title: string): void {
    const buttons = ["IDOK", "IDCANCEL"].map((id) => ({ id, label: null }));
    const data = messageBoxDocument({ title, bodies: ["Body"], buttons });
    this.server.openChannel({ type: ASYNC_UI, data });
  }

  /** Waits until a client does something, from now on. */
  async next<Type extends ClientEvent["type"]>(
    type: Type,
    matches: (event: EventOf<Type>) => boolean = () => true,
  ): Promise<EventOf<Type>> {
    using _ = saysWhatIsMissing(() => `${type} at the server, which has seen ${this.#seen()}`);
    return await this.server.next(type, matches);
  }

  /** Waits until clients have done something so often since the start, and gives it as it was the last time. */
  happened<Type extends ClientEvent["type"]>(type: Type, times = 1): Promise<EventOf<Type>> {
    return eventually(() => {
      const event = this.events.filter((each): each is EventOf<Type> => each.type === type)[times - 1];
      if (event === undefined) throw new Error(`${type} at the server ${times} times, which has seen ${this.#seen()}`);
      return event;
    });
  }

  /** Waits until the first client is gone; gives what it had not given back. */
  async left(): Promise<object> {
    return (await this.happened("client.disconnected")).left;
  }

  #seen(): string {
    return this.events.map(({ type }) => type).join(", ");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** What a client that leaves in good order has left. */
export const NOTHING_LEFT = { registrations: 0, objects: 0, channels: 0 };

function request(element: string): Uint8Array {
  const namespace = "http://schemas.microsoft.com/2003/print/asyncui/v1/request";
  const open = `<asyncPrintUIRequest xmlns="${namespace}"><v1><requestOpen>`;
  return encodeUtf16(`${open}${element}</requestOpen></v1></asyncPrintUIRequest>\0`);
}
