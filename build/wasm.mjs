// Compiles src/security/crypto/assembly/rc4-md5.ts to WebAssembly, as a module that source, package and bundle import alike.
import { rmSync, statSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const folder = new URL("../src/security/crypto/", import.meta.url);
const source = fileURLToPath(new URL("assembly/rc4-md5.ts", folder));
const target = fileURLToPath(new URL("rc4-md5.wasm.ts", folder));

if (!isNewer(target, source)) {
  rmSync(target, { force: true });
  const written = new Map();
  const writeFile = (name, contents) => void written.set(name, contents);
  const options = ["--optimizeLevel", "3", "--runtime", "stub", "--noAssert", "--outFile", "rc4-md5.wasm"];
  const { error, stderr } = await asc.main([source, ...options], { writeFile });
  if (error) throw new Error(`rc4-md5.ts cannot be compiled:\n${stderr}`, { cause: error });
  const base64 = Buffer.from(written.get("rc4-md5.wasm")).toString("base64");
  const text = `/** Made of assembly/rc4-md5.ts by build/wasm.mjs. */\nexport const RC4_MD5 = "${base64}";\n`;
  writeFileSync(target, text);
}

function isNewer(file, than) {
  const made = statSync(file, { throwIfNoEntry: false });
  return made !== undefined && made.mtimeMs > statSync(than).mtimeMs;
}
