import { dirname, isAbsolute, resolve } from "node:path";

/** What the unit is made of. */
export interface UnitParts {
  /** The programs that run panwatch: Node and the launcher, as absolute paths. */
  readonly launcher: readonly string[];
  /** The arguments of `watch`, without its name. */
  readonly args: readonly string[];
  readonly hook: readonly string[] | null;
  /** What the unit is called after. */
  readonly targets: readonly string[];
  /** Where relative paths begin. */
  readonly folder: string;
  /** Whether systemd-notify is there to tell how the watch is. */
  readonly notifies: boolean;
  /** Whether man finds our page: `npm install -g` puts it where it does. */
  readonly hasManual: boolean;
}

/** Options whose files are handed over as credentials, with the name that each gets. */
const CREDENTIALS: Readonly<Record<string, string>> = {
  "--password-file": "password",
  "--auth-file": "account",
  "-A": "account",
  "--keytab": "keytab",
};

/** Options whose files are read, and those whose files are written. */
const READ = ["--resources"];
const WRITTEN = ["--trace", "--record"];

/** Where the password is looked for when no option says where it is. */
const DEFAULT_PASSWORD = "/etc/panwatch/password";

/** A systemd unit that runs a watch: see systemd.service(5), systemd.exec(5). */
export function serviceUnit(parts: UnitParts): string {
  const made = new Arguments(parts);
  const command = [...parts.launcher, "watch", ...made.args, ...(parts.hook === null ? [] : ["--", ...made.hook])];
  const paths = [...parts.launcher, ...made.paths];
  const isAtHome = paths.some((path) => /^\/(home|root|run\/user)\//.test(path));
  return [
    "# Made by panwatch service. Put it into /etc/systemd/system/panwatch.service, then:",
    "# systemctl daemon-reload && systemctl enable --now panwatch",
    ...(made.needsPassword
      ? [`# The password stands in the first line of ${DEFAULT_PASSWORD}, which only root may read.`]
      : []),
    "[Unit]",
    `Description=panwatch: notifications of ${parts.targets.map(specifiersEscaped).join(", ")}`,
    ...(parts.hasManual ? ["Documentation=man:panwatch(1)"] : []),
    "Wants=network-online.target",
    "After=network-online.target",
    "",
    "[Service]",
    ...(parts.notifies ? ["Type=notify", "NotifyAccess=all", "WatchdogSec=10min"] : ["Type=exec"]),
    `ExecStart=${command.map(quoted).join(" ")}`,
    ...made.credentials.map(([name, file]) => `LoadCredential=${name}:${specifiersEscaped(file)}`),
    "Restart=on-failure",
    "RestartSec=30",
    "SuccessExitStatus=130 143",
    "RestartPreventExitStatus=2 4 5 7",
    "TimeoutStartSec=infinity",
    "TimeoutStopSec=10",
    "",
    "# What it needs is the network, its files and its programs.",
    "DynamicUser=yes",
    "UMask=0077",
    "NoNewPrivileges=yes",
    "CapabilityBoundingSet=",
    "PrivateDevices=yes",
    "PrivateTmp=yes",
    "ProtectSystem=strict",
    `ProtectHome=${isAtHome ? "read-only" : "yes"}`,
    ...made.writable.map((folder) => `ReadWritePaths=${quoted(folder)}`),
    "ProtectClock=yes",
    "ProtectControlGroups=yes",
    "ProtectHostname=yes",
    "ProtectKernelLogs=yes",
    "ProtectKernelModules=yes",
    "ProtectKernelTunables=yes",
    "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK",
    "RestrictNamespaces=yes",
    "RestrictRealtime=yes",
    "RestrictSUIDSGID=yes",
    "LockPersonality=yes",
    "SystemCallArchitectures=native",
    "",
    "[Install]",
    "WantedBy=multi-user.target",
    "",
  ].join("\n");
}

/** The arguments as the service gets them: credentials from systemd, every path absolute. */
class Arguments {
  readonly args: string[] = [];
  readonly hook: readonly string[];
  readonly credentials: [name: string, file: string][] = [];
  readonly writable: string[] = [];
  readonly paths: string[] = [];
  readonly needsPassword: boolean;
  readonly #folder: string;

  constructor({ args, hook, folder }: UnitParts) {
    this.#folder = folder;
    for (let i = 0; i < args.length; i += 1) i += this.#take(args[i] ?? "", args[i + 1]);
    this.hook = hook?.map((word, i) => (i === 0 ? this.#program(word) : word)) ?? [];
    this.needsPassword = this.credentials.length === 0 && !args.some((arg) => arg === "-k" || /required$/.test(arg));
    if (this.needsPassword) this.args.push(...this.#credential("--password-file", DEFAULT_PASSWORD));
    if (!args.includes("--no-input")) this.args.push("--no-input");
  }

  /** Takes an argument, and the next one when it is its value; gives how many more than one were taken. */
  #take(arg: string, next: string | undefined): number {
    const [, option = arg, attached] = /^(--[^=]+)=(.*)$/s.exec(arg) ?? /^(-A)(.+)$/s.exec(arg) ?? [];
    const value = attached ?? next;
    const given = value === undefined ? null : this.#withValue(option, value);
    this.args.push(...(given ?? [arg]));
    return given !== null && attached === undefined ? 1 : 0;
  }

  /** An option with its value, where the value names a file or a program; null for all others. */
  #withValue(option: string, value: string): string[] | null {
    if (CREDENTIALS[option] !== undefined) return this.#credential(option, this.#absolute(value));
    if (READ.includes(option)) return [option, this.#absolute(value)];
    if (WRITTEN.includes(option)) {
      const file = this.#absolute(value);
      this.writable.push(dirname(file));
      return [option, file];
    }
    if (option !== "--reply") return null;
    const [, how, what] = /^(rules|exec)=(.+)$/s.exec(value) ?? [];
    if (what === undefined) return [option, value];
    return [option, `${how ?? ""}=${how === "exec" ? this.#program(what) : this.#absolute(what)}`];
  }

  #credential(option: string, file: string): string[] {
    const kind = CREDENTIALS[option] ?? "";
    const name = this.credentials.some(([taken]) => taken === kind) ? `${kind}-${this.credentials.length + 1}` : kind;
    this.credentials.push([name, file]);
    return [option, `\0d/${name}`];
  }

  /** A program that is found on PATH stays a name. */
  #program(program: string): string {
    return program.includes("/") ? this.#absolute(program) : program;
  }

  #absolute(path: string): string {
    const absolute = isAbsolute(path) ? path : resolve(this.#folder, path);
    this.paths.push(absolute);
    return absolute;
  }
}

/** A word as systemd reads it: quotes, variables and specifiers mean nothing in it, save our own for credentials. */
function quoted(word: string): string {
  const escaped = specifiersEscaped(word)
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll("$", "$$$$")
    .replaceAll("\n", "\\n")
    .replaceAll("\t", "\\t")
    .replace(/^\0d\//, "%d/");
  return /^[\w%@:,.=/+-]+$/.test(escaped) ? escaped : `"${escaped}"`;
}

function specifiersEscaped(text: string): string {
  return text.replaceAll("%", "%%");
}
