import { AuthenticationError, FaultError, NoInterfaceError, type PanwatchError } from "../../../errors.js";
import { HRESULTS } from "../../../pan/hresults.js";
import type { Advice } from "../findings.js";
import { logonAdvice } from "./logging-on.js";
import { MAPPER_RULE, POLICIES, RPC_POLICIES, silenceOf, SPOOLER_RULE, type Circumstances } from "./circumstances.js";

/* Advice about the way to the print interfaces: name, endpoint mapper, port. */

export function resolveAdvice(_error: PanwatchError, { server, connection }: Circumstances): Advice {
  const host = connection.targetIp ?? server;
  return {
    meaning: "This machine finds no address for the server's name, so nothing was sent to it.",
    causes: [
      "The name is misspelt, or is a short one that needs its domain (printserver.corp.example).",
      "This machine does not ask the DNS server that knows the name, for instance because a VPN is not up.",
    ],
    look: [
      `What the resolver says: getent hosts ${host}`,
      "Search list and DNS server of this machine: /etc/resolv.conf or resolvectl status.",
      "--target-ip ADDR connects to an address, while the name stays in use for the logon.",
    ],
  };
}

export function mapperPortAdvice(error: PanwatchError, { server, connection }: Circumstances): Advice {
  const { epmPort } = connection;
  const look = [
    `On the server, in PowerShell: Get-NetFirewallRule -DisplayName ${MAPPER_RULE}`,
    `From a Windows machine near the server: Test-NetConnection ${server} -Port ${epmPort}`,
    `Where ${RPC_POLICIES}\\RpcTcpPort gives the spooler a static port, --port goes there without the endpoint mapper.`,
  ];
  if (silenceOf(error) === "refused") {
    return {
      meaning: `The address answers, but nothing takes connections at TCP port ${epmPort}, where Windows has its endpoint mapper.`,
      causes: [
        "The address belongs to another machine, or to one that does not run Windows.",
        "A firewall refuses the connection in the server's place.",
      ],
      look,
    };
  }
  return {
    meaning: `Nothing came back from TCP port ${epmPort}, where Windows has its endpoint mapper.`,
    causes: [
      "The server is switched off, or the address is not, or no longer, the server's.",
      `The server's firewall drops the connection: its rule ${MAPPER_RULE} is not enabled for this network.`,
      "A firewall or a missing route between here and the server drops it.",
    ],
    look,
  };
}

export function mapperAdvice(error: PanwatchError, circumstances: Circumstances): Advice {
  if (error instanceof NoInterfaceError) return notRegistered(circumstances);
  if (error instanceof AuthenticationError) return logonAdvice(error, circumstances);
  if (error.cause instanceof FaultError && error.cause.hresult === HRESULTS.E_ACCESSDENIED) return restricted();
  return {
    meaning:
      "Something takes connections at the endpoint mapper's port, but does not answer as an endpoint mapper does.",
    causes: [
      "A firewall or proxy that inspects RPC ends the connection or answers itself.",
      "The port is not that of an endpoint mapper.",
      "The server is just starting, or overloaded.",
    ],
    look: ["What listens there, on the server: Get-NetTCPConnection -State Listen -LocalPort 135"],
  };
}

function restricted(): Advice {
  return {
    meaning: "The endpoint mapper answers nobody who has not logged on, and not this account either.",
    causes: [
      "HKLM\\Software\\Policies\\Microsoft\\Windows NT\\Rpc\\RestrictRemoteClients is 1 or 2 (the policy Restrict Unauthenticated RPC clients).",
    ],
    look: [
      "The policies of the server: gpresult /h report.html",
      `${RPC_POLICIES}\\RpcTcpPort: where the spooler's port is a static one, --port needs no endpoint mapper.`,
    ],
  };
}

function notRegistered({ server }: Circumstances): Advice {
  return {
    meaning:
      "The endpoint mapper answers, but the print spooler has not registered its notification interface: it listens on TCP only when it runs and remote connections to it are allowed.",
    causes: [
      "The Print Spooler service is stopped or disabled.",
      `${POLICIES}\\RegisterSpoolerRemoteRpcEndPoint is 2: with this policy ("Allow Print Spooler to accept client connections" disabled) nothing listens remotely.`,
      `${RPC_POLICIES}\\RpcProtocols leaves RPC over TCP out (5 is TCP).`,
      `${server} is not the machine that prints.`,
    ],
    look: [
      "On the server, in PowerShell: Get-Service Spooler",
      `The two registry values above, and the policies behind them (gpresult /h report.html); the spooler reads them when it starts.`,
      "The event log Microsoft-Windows-PrintService/Admin on the server.",
    ],
  };
}

export function portAdvice(error: PanwatchError, { connection }: Circumstances): Advice {
  const given = connection.port !== null;
  const look = [
    `On the server, in PowerShell: Get-NetFirewallRule -DisplayName ${SPOOLER_RULE}`,
    "Where the spooler listens: Get-NetTCPConnection -State Listen -OwningProcess (Get-Process spoolsv).Id",
    `${RPC_POLICIES}\\RpcTcpPort: the spooler's port where it is a static one; 0 or absent means a dynamic one.`,
  ];
  if (silenceOf(error) === "refused") {
    return {
      meaning: given
        ? "The address answers, but nothing takes connections at the port that --port names."
        : "The endpoint mapper has named a port, but nothing takes connections there.",
      causes: [
        given
          ? "The spooler has another port: without RpcTcpPort it gets a new one each time it starts. Leave --port out to ask the endpoint mapper."
          : "The spooler has just been stopped or restarted: run this again.",
        "A firewall refuses the connection in the server's place.",
      ],
      look,
    };
  }
  return {
    meaning: "Nothing came back from the spooler's port.",
    causes: [
      `The server's firewall drops the connection: its rule ${SPOOLER_RULE} is not enabled for this network.`,
      "A firewall on the way lets port 135 pass, but not the ports of the services behind it (49152 to 65535 unless the server says otherwise).",
    ],
    look,
  };
}
