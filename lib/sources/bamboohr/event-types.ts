import type { EventTypes } from "#lib/payloads/interpret.ts";

/** BambooHR's webhooks tell of employees, and of nothing else. https://documentation.bamboohr.com/docs/webhooks */
export const eventTypes: EventTypes = { path: "action", uninteresting: [] };
