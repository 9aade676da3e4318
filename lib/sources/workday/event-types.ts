import type { EventTypes } from "#lib/payloads/interpret.ts";

/** Business processes that change no account, if an integration sends them, too. */
export const eventTypes: EventTypes = {
  path: "Event_Type",
  uninteresting: [
    "add-additional-job",
    "change-benefits",
    "change-emergency-contacts",
    "compensation-change",
    "give-feedback",
    "request-compensation-change",
    "request-one-time-payment",
    "request-time-off",
    "start-performance-review",
  ],
};
