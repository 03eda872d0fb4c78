import { fuzz } from "./engine/fuzz.js";
import { messageProtection } from "./targets/message-protection.js";

fuzz(messageProtection);
