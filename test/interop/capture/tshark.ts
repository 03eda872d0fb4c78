import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { promisify } from "node:util";

/** What tshark calls itself; null where it cannot capture, which takes root. */
export function findTshark(): string | null {
  try {
    const [version = ""] = execFileSync("tshark", ["--version"], { encoding: "utf8", stdio: "pipe" }).split("\n");
    return process.getuid?.() === 0 ? version : null;
  } catch {
    return null;
  }
}

/** tshark's options to read what Kerberos sealed. */
export function withKeytab(keytab: string): readonly string[] {
  return ["-o", "kerberos.decrypt:TRUE", "-o", `kerberos.file:${keytab}`];
}

/** Packets to these ports show that a capture has begun, and that everything before them is in it. */
const MARKS = { address: "127.254.254.254", begin: 9, end: 10 } as const;
const MAX_OUTPUT = 64 * 1024 * 1024;

const FIELDS = [
  "frame.number",
  "_ws.malformed",
  "_ws.expert.severity",
  "dcerpc.pkt_type",
  "dcerpc.auth_type",
  "dcerpc.auth_level",
  "dcerpc.cn_bind_to_uuid",
  "dcerpc.cn_status",
  "dcerpc.cn_reject_reason",
  "dcerpc.encrypted_stub_data",
  "dcerpc.decrypted_stub_data",
  "dcerpc.stub_data",
  "epm.opnum",
  "epm.tower.num_floors",
  "epm.proto.tcp_port",
  "epm.rc",
  "samr.opnum",
  "samr.status",
] as const;
type Field = (typeof FIELDS)[number];

/** A frame: of each field, what it holds wherever it occurs. */
export type Frame = Readonly<Record<Field, readonly string[]>>;

/** A field of all frames, in order. */
export function valuesOf(frames: readonly Frame[], field: Field): string[] {
  return frames.flatMap((frame) => frame[field]);
}

/** Numbers of the frames that tshark could not make sense of. */
export function malformed(frames: readonly Frame[]): string[] {
  const error = `${0x0080_0000}`;
  const bad = frames.filter(
    (frame) => frame["_ws.malformed"].length > 0 || frame["_ws.expert.severity"].includes(error),
  );
  return valuesOf(bad, "frame.number");
}

/** A capture of the loopback interface by tshark, and what tshark makes of it. */
export class Capture implements AsyncDisposable {
  readonly #directory: string;
  readonly #tshark: ChildProcess;
  readonly #shown: Interface;
  #complaints = "";

  private constructor(directory: string, filter: string) {
    this.#directory = directory;
    const wanted = `(${filter}) or (udp and host ${MARKS.address})`;
    const show = ["-P", "-l", "-T", "fields", "-e", "udp.dstport"];
    const options = ["-n", "-i", "lo", "-s", "0", "-B", "32", "-f", wanted, "-w", this.#file, ...show];
    const tshark = spawn("tshark", options, { stdio: ["ignore", "pipe", "pipe"] });
    tshark.stderr.on("data", (chunk: Buffer) => (this.#complaints += chunk.toString()));
    this.#tshark = tshark;
    this.#shown = createInterface(tshark.stdout);
  }

  /** Begins to capture what `filter`, in the language of pcap, lets through. */
  static async start(filter: string): Promise<Capture> {
    const capture = new Capture(await mkdtemp(join(tmpdir(), "panwatch-capture-")), filter);
    await capture.#mark(MARKS.begin);
    return capture;
  }

  /** Ends the capture; everything that was sent until now is in it. */
  async stop(): Promise<void> {
    await this.#mark(MARKS.end);
    const gone = once(this.#tshark, "close");
    this.#tshark.kill("SIGINT");
    await gone;
  }

  /** The bytes of the file. */
  bytes(): Promise<Buffer> {
    return readFile(this.#file);
  }

  /** All frames of DCE/RPC as tshark dissects them; `options` are tshark's. */
  async dissect(options: readonly string[] = []): Promise<Frame[]> {
    const names = FIELDS.flatMap((field) => ["-e", field]);
    // Any port may be one that tshark thinks is another protocol's.
    const guess = ["-o", "tcp.try_heuristic_first:TRUE"];
    const args = [
      "-n",
      "-r",
      this.#file,
      ...guess,
      "-Y",
      "dcerpc or _ws.malformed",
      "-T",
      "fields",
      ...names,
      ...options,
    ];
    const { stdout } = await promisify(execFile)("tshark", args, { maxBuffer: MAX_OUTPUT });
    const lines = stdout.split("\n").slice(0, -1);
    return lines.map((line) => {
      const columns = line.split("\t").map((values) => (values === "" ? [] : values.split(",")));
      return Object.fromEntries(FIELDS.map((field, index) => [field, columns[index] ?? []])) as unknown as Frame;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#tshark.exitCode === null && this.#tshark.signalCode === null) {
      const gone = once(this.#tshark, "close");
      this.#tshark.kill("SIGKILL");
      await gone;
    }
    await rm(this.#directory, { recursive: true });
  }

  get #file(): string {
    return join(this.#directory, "capture.pcapng");
  }

  /** Sends packets to a port until tshark shows one. */
  async #mark(port: number): Promise<void> {
    const socket = createSocket("udp4");
    const timer = setInterval(() => socket.send("mark", port, MARKS.address), 50);
    try {
      await new Promise<void>((resolve, reject) => {
        this.#shown.on("line", (line) => {
          if (line === `${port}`) resolve();
        });
        this.#tshark.once("close", () => reject(new Error(`tshark ended: ${this.#complaints}`)));
      });
    } finally {
      clearInterval(timer);
      socket.close();
    }
  }
}
