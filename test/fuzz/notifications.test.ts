import { fuzz } from "./engine/fuzz.js";
import { asyncUi, configuration } from "./targets/notifications.js";

fuzz(asyncUi);
fuzz(configuration);
