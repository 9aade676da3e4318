import type { EventTypes } from "#lib/payloads/interpret.ts";

/**
 * What a subscription may tell beside users, and what Graph says of a subscription itself; `lifecycle.ping` is ours, of
 * `npm run doctor`. https://learn.microsoft.com/en-us/graph/change-notifications-lifecycle-events
 */
export const eventTypes: EventTypes = {
  path: "value[].changeType",
  uninteresting: [
    "group.created",
    "group.updated",
    "group.deleted",
    "lifecycle.ping",
    "lifecycle.reauthorizationRequired",
  ],
};
