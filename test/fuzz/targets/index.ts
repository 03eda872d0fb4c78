import { connection } from "./connection.js";
import { endpointMap } from "./endpoint-map.js";
import { ccache, kerberos } from "./kerberos.js";
import { messageProtection } from "./message-protection.js";
import { ndrRequest, ndrResponse } from "./ndr.js";
import { asyncUi, configuration, messageStrings, rendering, replies } from "./notifications.js";
import { ntlm } from "./ntlm.js";
import { pduStream } from "./pdu-stream.js";
import { dib, png } from "./pictures.js";
import { recording } from "./recording.js";
import { driverFile } from "./resources.js";
import { serverConnection } from "./server-connection.js";
import { printerInfo } from "./spooler.js";
import { spnego } from "./spnego.js";

/** All that is fuzzed. */
export const TARGETS = [
  pduStream,
  connection,
  serverConnection,
  ndrResponse,
  ndrRequest,
  spnego,
  ntlm,
  kerberos,
  ccache,
  messageProtection,
  endpointMap,
  printerInfo,
  asyncUi,
  configuration,
  rendering,
  replies,
  messageStrings,
  driverFile,
  dib,
  png,
  recording,
] as const;
