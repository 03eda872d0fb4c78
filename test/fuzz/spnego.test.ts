import { fuzz } from "./engine/fuzz.js";
import { spnego } from "./targets/spnego.js";

fuzz(spnego);
