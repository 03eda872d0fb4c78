import { fuzz } from "./engine/fuzz.js";
import { printerInfo } from "./targets/spooler.js";

fuzz(printerInfo);
