import type { EventTypes } from "#lib/payloads/interpret.ts";

/** https://developer.personio.de/reference/webhooks. `ping` is ours, of `npm run doctor`. */
export const eventTypes: EventTypes = {
  path: "event_name",
  uninteresting: ["absence*", "attendance*", "document*", "ping"],
};
