import type { EventTypes } from "#lib/payloads/interpret.ts";

/** The types are ours: the operator's Jsonnet templates write them. `ping` is of `npm run doctor`. */
export const eventTypes: EventTypes = { path: "event", uninteresting: ["ping"] };
