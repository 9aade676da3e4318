import type { EventTypes } from "#lib/payloads/interpret.ts";

/** Models beside `Employee`, and what happens to the connection. https://docs.merge.dev/basics/webhooks/merge-webhooks */
export const eventTypes: EventTypes = {
  path: "hook.event",
  uninteresting: [
    "accountintegration.*",
    "bankinfo.*",
    "benefit.*",
    "company.*",
    "dependent.*",
    "employeepayrollrun.*",
    "employerbenefit.*",
    // Compensation and job of an employee; what becomes fields of a person is in `Employee`.
    "employment.*",
    "group.*",
    "issue.*",
    "linkedaccount.deleted",
    "linkedaccount.linked",
    "linkedaccount.relinked",
    "location.*",
    "paygroup.*",
    "payrollrun.*",
    "team.*",
    "timeoff.*",
    "timeoffbalance.*",
    "timesheetentry.*",
  ],
};

/** Merge has read the connected system: what has changed is in the list. */
export const syncTypes: ReadonlySet<string> = new Set([
  "employee.synced",
  "linkedaccount.fully_synced_initial",
  "linkedaccount.sync_completed",
  "linkedaccount.synced",
  "linkedaccount.synced_initial",
]);
