import type { EventTypes } from "#lib/payloads/interpret.ts";

/** What happens to candidates before they are hired, and to jobs, interviews and offers. https://developers.greenhouse.io/webhooks.html */
export const eventTypes: EventTypes = {
  path: "action",
  uninteresting: [
    "application_*",
    "approval_*",
    // Stages, and the removal of a candidate's data: Greenhouse does not know whether the person still works there.
    "candidate_*",
    "delete_*",
    "department_*",
    "interview_*",
    "job_*",
    "merge_candidate",
    "new_*",
    "offer_*",
    "office_*",
    "ping",
    "prospect_*",
    "reject_candidate",
    "scorecard_*",
    "transfer_*",
    "unreject_candidate",
  ],
};
