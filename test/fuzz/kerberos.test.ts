import { fuzz } from "./engine/fuzz.js";
import { kerberos, ccache } from "./targets/kerberos.js";

fuzz(kerberos);
fuzz(ccache);
