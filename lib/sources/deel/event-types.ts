import type { EventTypes } from "#lib/payloads/interpret.ts";

/**
 * https://developer.deel.com/docs/webhook-event-types. Contracts are not among these: what of a contract concerns a worker is told by
 * `worker.v2.updated`, and an operator who subscribes to contracts alone has to see that.
 */
export const eventTypes: EventTypes = {
  path: "data.meta.event_type",
  uninteresting: [
    "ats.*",
    "background_check.*",
    "benefits.*",
    "engage.*",
    "it.*",
    "immigration.*",
    "invoice*",
    "learning.*",
    "payment*",
    "payroll.*",
    "payslip*",
    "task.*",
    "time_off.*",
    "time-off.*",
    "timesheet*",
  ],
};
