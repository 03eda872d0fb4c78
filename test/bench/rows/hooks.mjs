// Hooks a second; beside bare spawns of the same program.
import { Child, pin } from "../support/child.mjs";
import { Watch } from "../support/command.mjs";
import { figure, median } from "../support/figures.mjs";

const PROGRAM = "/bin/true";
/** The first one only warms up. */
const ROUNDS = 5;
const COUNT = 300;
const SIZE = 1024;

export async function* rows() {
  const [server, spawner] = [new Child("programs/server.mjs"), new Child("programs/spawner.mjs")];
  const args = ["127.0.0.1", "--type", "asyncui", "--style", "uni", "--", PROGRAM];
  const watch = new Watch(await server.request("port"), args);
  await server.request("registered", 1);
  await watch.until(1);
  for (const { pid } of [watch, spawner]) pin(pid, "client");
  const rounds = [];
  for (let i = 1; i <= 1 + ROUNDS; i++) {
    // A line for the notification, and one for the hook's end.
    const hooks = await secondsOf(() => [server.request("raise", SIZE, COUNT), watch.until(1 + 2 * i * COUNT)]);
    const bare = await secondsOf(() => [spawner.request("spawn", PROGRAM, COUNT, SIZE)]);
    if (i > 1) rounds.push({ hooks, bare });
  }
  yield figure(
    "hooks",
    "hooks/s",
    COUNT / median(rounds.map(({ hooks }) => hooks)),
    COUNT / median(rounds.map(({ bare }) => bare)),
  );
  await watch.end();
  server.end();
  spawner.end();
}

async function secondsOf(work) {
  const began = performance.now();
  await Promise.all(work());
  return (performance.now() - began) / 1000;
}
