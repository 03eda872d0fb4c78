import { fuzz } from "./engine/fuzz.js";
import { rendering } from "./targets/notifications.js";

fuzz(rendering);
