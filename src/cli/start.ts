import { version } from "./version.js";

/** Runs the command line. Scripts ask for the version often: for it nothing else is loaded, in half the time. */
export async function start(argv: string[]): Promise<void> {
  if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
    process.stdout.write(`${version()}\n`);
    return;
  }
  const { main } = await import("./main.js");
  await main(argv);
}
