import { fuzz } from "./engine/fuzz.js";
import { serverConnection } from "./targets/server-connection.js";

fuzz(serverConnection);
