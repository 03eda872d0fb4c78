/**
 * The layers of the house: a room imports only the rooms listed beside it (and itself, and errors.ts).
 * `notifications` needs no network; `transport` is the only importer of node:net and node:dns.
 */
const rooms = {
  bytes: [],
  ndr: ["bytes"],
  security: ["bytes"],
  rpc: ["bytes", "ndr", "security/context"],
  transport: ["bytes", "ndr", "rpc", "security/context"],
  pan: ["bytes", "ndr", "security", "rpc", "transport", "notifications/notification-types"],
  spooler: ["bytes", "ndr", "rpc", "pan"],
  resources: ["bytes"],
  notifications: ["bytes", "resources"],
  watch: ["bytes", "ndr", "security", "rpc", "transport", "pan", "spooler", "notifications"],
  "print-server": ["bytes", "ndr", "security", "rpc", "transport", "pan", "spooler", "notifications"],
  cli: [
    "bytes",
    "ndr",
    "security",
    "rpc",
    "transport",
    "pan",
    "spooler",
    "resources",
    "notifications",
    "watch",
    "print-server",
  ],
};

const layer = ([room, allowed]) => ({
  name: `layer-${room}`,
  severity: "error",
  from: { path: `^src/${room}/` },
  to: {
    path: "^src/",
    pathNot: ["^src/(errors|waiting)\\.ts$", `^src/${room}/`, ...allowed.map((name) => `^src/${name}[/.]`)],
  },
});

module.exports = {
  forbidden: [
    ...Object.entries(rooms).map(layer),
    {
      name: "errors-and-waiting-import-nothing",
      severity: "error",
      from: { path: "^src/(errors|waiting)\\.ts$" },
      to: { path: "^src/" },
    },
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "sockets-only-in-transport",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/transport/" },
      to: { path: "^(node:)?(net|tls|dns)(/|$)" },
    },
    {
      name: "mechanisms-do-not-know-rpc",
      severity: "error",
      from: { path: "^src/security/(ntlm|kerberos)/" },
      to: { path: "^src/(rpc|security/spnego)/" },
    },
    {
      name: "doctor-knows-no-insides-of-watch",
      severity: "error",
      from: { path: "^src/cli/doctor/" },
      to: { path: "^src/watch/", pathNot: "^src/watch/events\\.ts$" },
    },
    {
      name: "bin-only-starts-the-cli",
      severity: "error",
      from: { path: "^bin/" },
      to: { path: ".", pathNot: "(^dist/cli/start\\.js$)|^(node:)?(fs|module|os|path)$" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^dist/" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "default"] },
  },
};
