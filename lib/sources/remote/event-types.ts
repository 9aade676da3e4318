import type { EventTypes } from "#lib/payloads/interpret.ts";

/** Everything that is about no employment, or about what an employment costs. https://developer.remote.com/docs/webhooks */
export const eventTypes: EventTypes = {
  path: "event_type",
  uninteresting: [
    "benefit*",
    "billing_document.*",
    "company.*",
    "company_*",
    "contract_amendment.*",
    "custom_field.*",
    "expense.*",
    "identity_verification.*",
    "incentive.*",
    "payroll*",
    "payslip.*",
    "pricing*",
    "recurring_incentive.*",
    "timeoff.*",
    "timesheet.*",
    "travel_letter.*",
    "work_authorization.*",
  ],
};
