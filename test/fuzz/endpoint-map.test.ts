import { fuzz } from "./engine/fuzz.js";
import { endpointMap } from "./targets/endpoint-map.js";

fuzz(endpointMap);
