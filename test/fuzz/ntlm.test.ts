import { fuzz } from "./engine/fuzz.js";
import { ntlm } from "./targets/ntlm.js";

fuzz(ntlm);
