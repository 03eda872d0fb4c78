import { fuzz } from "./engine/fuzz.js";
import { connection } from "./targets/connection.js";

fuzz(connection);
