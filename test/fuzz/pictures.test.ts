import { fuzz } from "./engine/fuzz.js";
import { dib, png } from "./targets/pictures.js";

fuzz(dib);
fuzz(png);
