import type { EventTypes } from "#lib/payloads/interpret.ts";

/**
 * The check of the URL, departments, approvals and contracts; and people who are still to be hired: `employee_add` tells of them
 * when they are hired. https://openapi.2haohr.com/doc/openapi/home/
 */
export const eventTypes: EventTypes = {
  path: "key",
  uninteresting: [
    "approve_result",
    "company_leader_update",
    "dept_*",
    "event_test",
    "intent_employee_add",
    "sign_electronic_contract",
  ],
};
