import type { EventTypes } from "#lib/payloads/interpret.ts";

/** https://docs.kombo.dev/hris/guides/webhooks. An integration that is removed or has to be connected anew says nothing about a person. */
export const eventTypes: EventTypes = {
  path: "type",
  uninteresting: [
    "ai-apply:*",
    "assessment:*",
    "connection-flow-failed",
    "inline-assessment:*",
    "integration-created",
    "integration-deleted",
    "integration-state-changed",
    // `data-changed` says which models have changed; this says that Kombo has looked.
    "sync-finished",
  ],
};

/** Models beside employees and what belongs to them; of any other model, new ones too, the employees are read. */
export const otherModels: readonly string[] = [
  "ats_",
  "assessment_",
  "lms_",
  "hris_absence",
  "hris_document",
  "hris_payroll",
  "hris_payslip",
  "hris_performance",
  "hris_review",
  "hris_skill",
  "hris_staffing",
  "hris_time_off",
  "hris_timesheet",
];
