import type { EventTypes } from "#lib/payloads/interpret.ts";

/** Of webhooks of other forms, if they are sent here, too. */
export const eventTypes: EventTypes = { path: "event", uninteresting: ["leave-added", "leave-edited"] };
