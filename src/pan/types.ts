import type { Guid } from "../bytes/guid.js";

export { ASYNC_UI, MAX_RESPONSE_SIZE, PRINTER_CONFIGURATION } from "../notifications/notification-types.js";

/** NOTIFICATION_RELEASE: the sender accepts no further communication ([MS-PAN] 2.2.1). */
export const NOTIFICATION_RELEASE: Guid = "ba9a5027-a70e-4ae7-9b7d-eb3e06ad4157";

/**
 * PrintAsyncNotifyUserFilter ([MS-PAN] 2.2.2): what is meant for this user and what is meant for all users; or every
 * notification, whoever it is meant for, which needs administer rights.
 */
export type UserFilter = "per-user" | "all-users";
/** kPerUser on the wire. */
export const PER_USER = 0;
/** kAllUsers on the wire. */
export const ALL_USERS = 1;

/** PrintAsyncNotifyConversationStyle ([MS-PAN] 2.2.3): the sender expects responses. */
export const BIDIRECTIONAL = 0;
/** PrintAsyncNotifyConversationStyle: the sender expects no responses. */
export const UNIDIRECTIONAL = 1;
export type ConversationStyle = typeof BIDIRECTIONAL | typeof UNIDIRECTIONAL;

/** Notifications that a server keeps for a registration without a parked call ([MS-PAN] appendix B <10>). */
export const NOTIFICATION_QUEUE_LIMIT = 100;
