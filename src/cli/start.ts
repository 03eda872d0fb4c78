import { closeSync } from "node:fs";
import { isatty } from "node:tty";
import { version } from "./version.js";

/** Runs the command line. Scripts ask for the version often: for it nothing else is loaded, in half the time. */
export async function start(argv: string[]): Promise<void> {
  if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
    process.stdout.write(`${version()}\n`);
    return;
  }
  closeLostTerminals();
  const { main } = await import("./main.js");
  await main(argv);
}

/**
 * Node 20 puts back at its end how terminals were set, and aborts where one has gone away; what is closed it leaves alone.
 * Later versions have learned it.
 */
function closeLostTerminals(): void {
  const terminals = [0, 1, 2].filter((descriptor) => isatty(descriptor));
  process.on("exit", () => {
    for (const descriptor of terminals) if (!isatty(descriptor)) closeSync(descriptor);
  });
}
