import { fuzz } from "./engine/fuzz.js";
import { replies, messageStrings } from "./targets/notifications.js";

fuzz(replies);
fuzz(messageStrings);
