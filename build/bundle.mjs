// Bundles the command into dist/cli/start.js and chunks beside it: a start then reads a handful of files instead of hundreds.
// The library stays as tsc made it. `npx tsc` alone gives an unbundled start.js, which works as well.
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

/** For packages that are CommonJS and ask for modules of Node. */
const REQUIRE =
  'import { createRequire as makeRequire_ } from "node:module"; const require = makeRequire_(import.meta.url);';

rmSync(`${root}/dist/bundle`, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: { "cli/start": "src/cli/start.ts" },
  outdir: "dist",
  chunkNames: "bundle/[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  minify: true,
  // Optional, and looked for when it is wanted.
  external: ["kerberos"],
  plugins: [withoutChildProcess],
  banner: { js: REQUIRE },
  logLevel: "warning",
});
