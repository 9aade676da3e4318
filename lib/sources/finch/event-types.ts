import type { EventTypes } from "#lib/payloads/interpret.ts";

/** https://developer.tryfinch.com/developer-resources/Webhooks */
export const eventTypes: EventTypes = {
  path: "event_type",
  uninteresting: [
    // A connection that has to be authenticated anew, or was removed, says nothing about a person.
    "account.*",
    "benefit.*",
    "company.*",
    "deduction.*",
    "document.*",
    "job.*",
    "pay_group.*",
    "pay_statement.*",
    "payment.*",
    "test.*",
  ],
};
