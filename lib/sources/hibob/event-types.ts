import type { EventTypes } from "#lib/payloads/interpret.ts";

/**
 * What a webhook may be subscribed to beside employees. A leave ends by itself: it closes nothing.
 * https://apidocs.hibob.com/docs/employee-data-webhooks. `ping` is ours, of `npm run doctor`.
 */
export const eventTypes: EventTypes = {
  path: "type",
  uninteresting: [
    "docs.*",
    "document.*",
    "employee.temporaryLeave",
    "ping",
    "task.*",
    "tasks.*",
    "timeoff.*",
  ],
};
