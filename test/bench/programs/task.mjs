// Measures one task of a file of `rows`: `task.mjs FILE TASK ARG…`.
import { serveRequests } from "../support/child.mjs";

const WARM_UP_MS = 400;
const ROUND_MS = 40;

const [file, task, ...args] = process.argv.slice(2);
const { tasks } = await import(`../rows/${file}`);
const operation = await tasks[task](...args);
const batch = warmUp();

serveRequests({ round: () => (1000 * run(batch)) / batch });

/** Runs the operation until it is compiled, which takes CPU and not time; gives how many make a round. */
function warmUp() {
  let count = 1;
  for (let spent = 0; spent < WARM_UP_MS;) {
    const ms = run(count);
    spent += ms;
    if (ms < ROUND_MS / 2) count *= 2;
  }
  return count;
}

/** Milliseconds of CPU for `count` operations: what others do on the machine meanwhile does not count. */
function run(count) {
  const began = process.cpuUsage();
  for (let i = 0; i < count; i++) operation();
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1000;
}
