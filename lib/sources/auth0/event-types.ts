import type { EventTypes } from "#lib/payloads/interpret.ts";

/**
 * What a stream may be subscribed to beside users (https://auth0.com/docs/customize/events/event-types). `test` stands for every
 * event that Auth0 sends to try a stream; `ping` is ours, of `npm run doctor`.
 */
export const eventTypes: EventTypes = {
  path: "type",
  uninteresting: ["connection.*", "group.*", "organization.*", "ping", "test"],
};
