import type { RpcInterface } from "../rpc/interface.js";
import type { Service } from "../rpc/server/service.js";

/** Remote management of RPC servers (C706 appendix Q), an interface that every port of Windows has. */
export const MANAGEMENT: RpcInterface = {
  name: "mgmt",
  uuid: "afa8bd80-7d8a-11c9-bef4-08002b102989",
  major: 1,
  minor: 0,
};

/** For clients that bind to it before they bind to anything else, as Samba's do. It has no methods. */
export const MANAGEMENT_SERVICE: Service<unknown> = { interface: MANAGEMENT, secured: false, methods: [] };
