import type { EventTypes } from "#lib/payloads/interpret.ts";

/** What happens before a hire. https://hire.lever.co/developer/documentation#webhooks */
export const eventTypes: EventTypes = {
  path: "event",
  uninteresting: [
    "applicationCreated",
    // A candidate's record that is removed says nothing about the employee.
    "candidateDeleted",
    "candidateStageChange",
    "contact*",
    "interview*",
  ],
};
