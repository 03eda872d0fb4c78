import { fuzz } from "./engine/fuzz.js";
import { driverFile } from "./targets/resources.js";

fuzz(driverFile);
