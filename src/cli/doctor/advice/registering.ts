import type { PanwatchError } from "../../../errors.js";
import { HRESULTS } from "../../../pan/hresults.js";
import type { Advice } from "../findings.js";
import { PRINT_CONTROL, wasCutOff, type Circumstances } from "./circumstances.js";

/* Advice about the calls of [MS-PAN]. */

/** For all calls: Create, RegisterClient, UnregisterClient, Delete. */
export function callAdvice(error: PanwatchError, circumstances: Circumstances): Advice {
  if (error.meaning === "terminated") return terminated();
  switch (error.hresult) {
    case HRESULTS.E_ACCESSDENIED:
      return error.code === "fault" ? deniedAtAll(circumstances) : denied(circumstances);
    case HRESULTS.ERROR_INVALID_NAME:
    case HRESULTS.ERROR_INVALID_PRINTER_NAME:
      return unknownName(circumstances);
    case HRESULTS.ERROR_NOT_READY:
      return limit();
    default:
  }
  if (wasCutOff(error)) {
    return {
      meaning: "The logon worked, but the connection ended or fell silent in the middle of a call.",
      causes: [
        "The spooler was stopped or restarted, or has failed.",
        "A firewall or proxy on the way ended the connection.",
      ],
      look: ["The System event log of the server (Service Control Manager: Print Spooler) at this time."],
    };
  }
  return {
    meaning: "The server was reached and let the account in, but failed the call.",
    causes: [
      "The spooler is in trouble: out of memory, or stopping.",
      "Server and panwatch read the protocol differently.",
    ],
    look: ["The event log Microsoft-Windows-PrintService/Admin on the server."],
  };
}

function deniedAtAll({ connection }: Circumstances): Advice {
  const level = `${PRINT_CONTROL}\\RpcAuthnLevelPrivacyEnabled demands privacy, and --auth-level asks for ${connection.level}.`;
  return {
    meaning: "The logon worked, but the server takes no calls from this account, or not at this level of protection.",
    causes: [
      ...(connection.level === "privacy" ? [] : [`${level} Leave --auth-level out.`]),
      "The account was let in as a guest or anonymously, or may not log on from the network.",
      "The logon failed, and the server says so only now.",
    ],
    look: ["The server's Security event log: events 4624 and 4625 tell who was let in as what."],
  };
}

function denied({ printer }: Circumstances): Advice {
  const what = printer === null ? "the print server" : `the printer ${printer}`;
  return {
    meaning: `The account may log on, but not register for ${what}.`,
    causes: [
      `The account may not use ${what}. No right to administer is needed for notifications of its own user.`,
      "The printer was taken away from the group that the account is in.",
    ].slice(0, printer === null ? 1 : 2),
    look: [
      printer === null
        ? "Print Server Properties, Security: who may view the server."
        : "The printer's properties, Security: who may print.",
    ],
  };
}

function unknownName({ server, printer }: Circumstances): Advice {
  return {
    meaning: `The server takes the name \\\\${server}\\${printer ?? ""} for malformed, or knows no such printer.`,
    causes: [
      "The printer has another name on the server, or was renamed or deleted.",
      `${server} is an alias or an address that the spooler does not take for its own name: use the server's own name, with --target-ip where it does not resolve.`,
    ],
    look: [
      `The queues that the server shares: panwatch printers ${server}`,
      "On the server, in PowerShell: Get-Printer | Format-List Name, ShareName",
      "The same without the printer, which asks for the whole server.",
    ],
  };
}

function limit(): Advice {
  return {
    meaning: "The server has reached its limit of registrations.",
    causes: ["Other programs hold registrations, or have left without giving them back."],
    look: ["Try again later: registrations of connections that are gone are given back by the server."],
  };
}

function terminated(): Advice {
  return {
    meaning: "The server has ended all notifications (0x8007071A): nothing more can be asked on this connection.",
    causes: ["The spooler is being stopped or restarted."],
    look: ["On the server, in PowerShell: Get-Service Spooler. Then run this again."],
  };
}
