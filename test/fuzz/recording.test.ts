import { fuzz } from "./engine/fuzz.js";
import { recording } from "./targets/recording.js";

fuzz(recording);
