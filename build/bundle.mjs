// Bundles the command into two files: start.cjs, small enough to tell the version in no time, and main.cjs with the rest, beside which
// lies the code that V8 made of it here.
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

/** commander loads it for subcommands that are programs of their own, which panwatch has none of: 6 ms of each start. */
const withoutChildProcess = {
  name: "commander-without-child-process",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:child_process$/ }, ({ importer, path }) =>
      importer.includes("/node_modules/commander/") ? { path, namespace: "none" } : { path, external: true },
    );
    onLoad({ filter: /.*/, namespace: "none" }, () => ({ contents: "module.exports = {};" }));
  },
};

/** string-width prepares patterns for all emoji, 31 ms of a start: it is run when a text is first measured. */
const lateStringWidth = {
  name: "string-width-when-measured",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^string-width$/ }, ({ path, kind }) =>
      kind === "import-statement" ? { path, namespace: "late" } : undefined,
    );
    onLoad({ filter: /.*/, namespace: "late" }, () => ({
      contents: 'export default (text) => require("string-width").default(text);',
      resolveDir: root,
    }));
  },
};

/** What the bundled start loads instead of main.js. */
const mainOfBundle = {
  name: "main-of-the-bundle",
  setup({ onResolve }) {
    onResolve({ filter: /\/main\.js$/ }, () => ({ path: fileURLToPath(new URL("main.mjs", import.meta.url)) }));
  },
};

/**
 * CommonJS, which Node loads in a third less time than modules; what is imported when it is needed is run only then here too.
 * esbuild writes ASCII, regular expressions apart, in which src names other characters by their codes: V8 then keeps the text in one
 * byte for each character, 1.3 MiB less.
 */
const common = {
  absWorkingDir: root,
  outdir: "dist/bundle",
  outExtension: { ".js": ".cjs" },
  bundle: true,
  format: "cjs",
  supported: { "dynamic-import": false },
  platform: "node",
  target: "node20",
  define: { "import.meta.url": "fileUrl" },
  banner: { js: 'const fileUrl = require("node:url").pathToFileURL(__filename).href;' },
  minify: true,
  logLevel: "warning",
};

rmSync(`${root}/dist/bundle`, { recursive: true, force: true });
await build({ ...common, entryPoints: ["src/cli/start.ts"], plugins: [mainOfBundle] });
await build({
  ...common,
  entryPoints: ["src/cli/main.ts"],
  // Optional, and looked for when it is wanted.
  external: ["kerberos"],
  plugins: [withoutChildProcess, lateStringWidth],
});
const codeCache = fileURLToPath(new URL("code-cache.mjs", import.meta.url));
try {
  execFileSync(process.execPath, [codeCache, `${root}/dist/bundle/main.cjs`], {
    env: { ...process.env, PANWATCH_PASSWORD: "none" },
    stdio: ["ignore", "ignore", "pipe"],
    timeout: 60_000,
  });
} catch (error) {
  process.stderr.write(
    `The command was built without compiled code beside it, and starts more slowly: ${error.message}\n`,
  );
}
