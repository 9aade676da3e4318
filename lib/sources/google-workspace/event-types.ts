import type { EventTypes } from "#lib/payloads/interpret.ts";

/** https://developers.google.com/workspace/admin/directory/v1/guides/push. `ping` is ours, of `npm run doctor`. */
export const eventTypes: EventTypes = {
  path: "X-Goog-Resource-State",
  uninteresting: ["makeAdmin", "ping"],
};
