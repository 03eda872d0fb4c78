import { spawnSync } from "node:child_process";
import { pythonWith } from "./python.js";

/** How each peer tells its version; Python modules by the name of their distribution. */
const PROGRAMS = [
  ["Samba", "/usr/sbin/samba", ["--version"]],
  ["MIT krb5", "klist", ["-V"]],
  ["tshark", "tshark", ["--version"]],
] as const;
const MODULES = ["impacket", "gssapi"];

/** The first number with dots in what a program says, and what follows without a gap. */
function versionOf(program: string, args: readonly string[]): string {
  const { stdout, status } = spawnSync(program, args, { encoding: "utf8" });
  return status === 0 ? (/\d+\.\d+\S*/.exec(stdout)?.[0] ?? "of unknown version") : "not there";
}

function moduleVersion(name: string): string {
  const python = pythonWith([name]);
  return python === null
    ? "not there"
    : versionOf(python, ["-c", `from importlib import metadata; print(metadata.version("${name}"))`]);
}

/** Says before the tests run what they run against: vitest calls this once (globalSetup). */
export function setup(): void {
  const peers = [
    ...PROGRAMS.map(([name, program, args]) => `${name} ${versionOf(program, args)}`),
    ...MODULES.map((name) => `${name} ${moduleVersion(name)}`),
  ];
  process.stdout.write(`peers: ${peers.join(", ")}; Node ${process.versions.node}\n`);
}
