import type { EventTypes } from "#lib/payloads/interpret.ts";

/**
 * What an app may be subscribed to beside the events of the contacts' people, the checks of the URL included. `user_active_org` says
 * that a person has used DingTalk for the first time. https://open.dingtalk.com/document/orgapp/contacts-event
 */
export const eventTypes: EventTypes = {
  path: "EventType",
  uninteresting: [
    "attendance_*",
    "bpms_*",
    "calendar_*",
    "chat_*",
    "check_*",
    "crm_*",
    "edu_*",
    "label_*",
    "meetingroom_*",
    "org_admin_*",
    "org_change",
    "org_dept_*",
    "suite_ticket",
    "tmp_auth_code",
    "user_active_org",
  ],
};
