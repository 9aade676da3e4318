import type { EventTypes } from "#lib/payloads/interpret.ts";

/** Everything that a subscription may tell and that is about no employee. https://apidoc.factorialhr.com/reference/webhooks */
export const eventTypes: EventTypes = {
  path: "event",
  uninteresting: [
    "api_public/*",
    "ats/*",
    "attendance/*",
    "banking/*",
    "bookkeepers_management/*",
    "companies/*",
    "contracts/*",
    "custom_resources/*",
    "documents/*",
    "expenses/*",
    "finance/*",
    "locations/*",
    "payroll/*",
    "payroll_integrations_base/*",
    "performance/*",
    "shift_management/*",
    "tasks/*",
    "teams/*",
    "timeoff/*",
    "trainings/*",
  ],
};
