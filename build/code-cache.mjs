// `node build/code-cache.mjs BUNDLE`: keeps the code that V8 compiles for the commands that are started most, which is a third of
// their start. They are run for it: V8 compiles a function when it is first called.
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { cacheOf, compile, run } from "./compiled.mjs";

const [file] = process.argv.slice(2);
const script = compile(file);
const { main } = run(script, file);

const samples = fileURLToPath(new URL("../samples/notifications.jsonl", import.meta.url));
for (const format of ["pretty", "json", "line"]) await main(["decode", "-o", format, samples]);
await main(["watch", "--help"]);

// A watch as far as its first bytes on the wire.
const server = createServer((socket) => socket.once("data", () => socket.destroy())).listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address();
await main(["watch", "127.0.0.1", "--port", `${port}`, "-U", "nobody", "--kerberos", "off", "--retry", "never"]);
server.close();

writeFileSync(cacheOf(file), script.createCachedData());
process.exitCode = 0;
