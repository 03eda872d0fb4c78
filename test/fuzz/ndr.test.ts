import { fuzz } from "./engine/fuzz.js";
import { ndrResponse, ndrRequest } from "./targets/ndr.js";

fuzz(ndrResponse);
fuzz(ndrRequest);
