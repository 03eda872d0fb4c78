import { AuthenticationError, IntegrityError, NoInterfaceError, type PanwatchError } from "../../../errors.js";
import type { Advice } from "../findings.js";
import { PRINT_CONTROL, RPC_POLICIES, wasCutOff, type Circumstances } from "./circumstances.js";

/* Advice about credentials, bind and logon. */

export function credentialsAdvice(_error: PanwatchError, { server, connection, kerberos }: Circumstances): Advice {
  const spn = connection.spn ?? `host/${server}`;
  const noTicket = [
    "There is no Kerberos ticket, or it has expired.",
    `No KDC could be reached, or none knows the service ${spn}.`,
  ];
  const tickets = [
    "The tickets at hand: klist",
    "A new one: kinit user@REALM",
    `Whether the KDC gives one for the server: kvno ${spn}`,
  ];
  return {
    meaning: "There is nothing to log on with, so the server was not asked.",
    causes: [
      ...(kerberos === "off" ? [] : noTicket),
      ...(kerberos === "required" ? [] : ["Neither a user nor a password was given, which NTLM needs."]),
    ],
    look: kerberos === "off" ? ["The identity options: panwatch doctor --help"] : tickets,
  };
}

export function logonAdvice(error: PanwatchError, circumstances: Circumstances): Advice {
  if (error instanceof AuthenticationError) return refused(circumstances);
  if (error instanceof NoInterfaceError) return noInterface(circumstances);
  if (error instanceof IntegrityError) {
    return {
      meaning: "What arrived is not what the server sent, or did not come from the server: panwatch went no further.",
      causes: [
        "Something on the way changes RPC: a proxy, a relay, an attacker.",
        "The server's name leads to a machine that does not have the server's keys.",
      ],
      look: ["The address in the lines above: is it the server's?"],
    };
  }
  if (wasCutOff(error)) {
    return {
      meaning: "The port takes connections, but the bind with its logon was not answered, or not as it should be.",
      causes: [
        "A firewall or proxy that inspects RPC ends the connection.",
        "The server reaches none of its domain controllers, and so cannot verify the logon.",
        "The server has reached a limit, or is overloaded.",
      ],
      look: [
        "On the server: nltest /sc_verify:DOMAIN",
        "The server's System event log (NETLOGON, Kerberos, RPC) at this time.",
      ],
    };
  }
  return {
    meaning: "Server and panwatch do not understand each other in the bind.",
    causes: ["The port belongs to another program.", "A rule of the protocol is broken, on either side."],
    look: ["What listens there, on the server: Get-NetTCPConnection -State Listen"],
  };
}

function refused({ server, connection, kerberos }: Circumstances): Advice {
  const level = `${PRINT_CONTROL}\\RpcAuthnLevelPrivacyEnabled demands privacy, and --auth-level asks for ${connection.level}.`;
  const ntlmRefused = `The server takes Kerberos only: ${RPC_POLICIES}\\ForceKerberosForRpc is 1, or a policy of the domain restricts NTLM.`;
  const ticketRefused = `With Kerberos: ${server} is an alias that the service principal name does not belong to, or the clocks differ by more than 5 minutes.`;
  return {
    meaning:
      "The server, or the KDC, refused to log this account on; servers do not say why. It was not tried again, so that no account gets locked.",
    causes: [
      "User name, domain or password is wrong.",
      "The account is locked, disabled, expired, due for a new password, or may not log on from the network.",
      ...(connection.level === "privacy" ? [] : [level]),
      ...(kerberos === "required" ? [] : [ntlmRefused]),
      ...(kerberos === "off" ? [] : [ticketRefused]),
      ...(connection.port === null
        ? []
        : ["The port that --port names belongs to another program, with logons of its own."]),
    ],
    look: [
      "The server's Security event log: event 4625 names the reason (Failure Reason, Sub Status).",
      "kinit, then --kerberos required: uses Kerberos alone, and tells what is wrong with it.",
      `Who owns the service principal name, on a domain controller: setspn -Q ${connection.spn ?? `host/${server}`}`,
    ],
  };
}

function noInterface({ connection }: Circumstances): Advice {
  const syntax = "--transfer-syntax leaves out what the server speaks: leave the choice to the server.";
  return {
    meaning: "The port speaks RPC, but does not offer the print notification interfaces.",
    causes: [
      connection.port === null
        ? "The spooler was restarted a moment ago, and another service has its old port: run this again."
        : "The port that --port names belongs to another service: leave it out to ask the endpoint mapper.",
      ...(connection.transferSyntax === "auto" ? [] : [syntax]),
      "The server's spooler is not that of Windows: few others have MS-PAN.",
    ],
    look: [`${RPC_POLICIES}\\RpcTcpPort on the server: the spooler's port where it is a static one.`],
  };
}
