import { fuzz } from "./engine/fuzz.js";
import { pduStream } from "./targets/pdu-stream.js";

fuzz(pduStream);
