import type { EventTypes } from "#lib/payloads/interpret.ts";

/** https://docs.gusto.com/app-integrations/docs/webhooks. Contractors are not among these: do not subscribe to them. */
export const eventTypes: EventTypes = {
  path: "event_type",
  uninteresting: [
    "bank_account.*",
    "company.*",
    "company_benefit.*",
    "contractor_payment.*",
    "employee.invited_to_partner_portal",
    "employee_benefit.*",
    "employee_job_compensation.*",
    "external_payroll.*",
    "form.*",
    "location.*",
    "notification.*",
    "pay_schedule.*",
    "payment.*",
    "payroll.*",
    "payroll_sync.*",
    "recovery_case.*",
    "salary_estimate.*",
    "signatory.*",
    "wire_in_request.*",
  ],
};
