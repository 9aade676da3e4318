import type { EventTypes } from "#lib/payloads/interpret.ts";

/** Directory sync tells of groups beside users. https://www.ory.com/docs/polis/directory-sync. `ping` is ours, of `npm run doctor`. */
export const eventTypes: EventTypes = { path: "event", uninteresting: ["group.*", "ping"] };
