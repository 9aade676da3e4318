import type { EventTypes } from "#lib/payloads/interpret.ts";

/**
 * What else comes to the address of a callback: departments, tags, customers, messages to the app and the menu under them, and what
 * WeCom tells the provider of an app. A changed range or an authorisation that ends says nothing about a member.
 * https://developer.work.weixin.qq.com/document/path/90240; to providers: /90613. `ping` is ours, of `npm run doctor`.
 */
export const eventTypes: EventTypes = {
  path: "ChangeType",
  uninteresting: [
    // Of `change_contact`.
    "create_party",
    "update_party",
    "delete_party",
    "update_tag",
    // Messages.
    "text",
    "image",
    "voice",
    "video",
    "location",
    "link",
    "file",
    // Events.
    "LOCATION",
    "batch_job_result",
    "change_external_*",
    "click",
    "customer_acquisition",
    "enter_agent",
    "enter_chat",
    "kf_*",
    "living_status_change",
    "location_select",
    "meeting_*",
    "msgaudit_notify",
    "open_approval_change",
    "pic_*",
    "ping",
    "scancode_*",
    "share_agent_change",
    "share_chain_change",
    "subscribe",
    "sys_approval_change",
    "template_card_*",
    "unlicensed_notify",
    "unsubscribe",
    "view",
    "view_miniprogram",
    // To providers.
    "approve_special_auth",
    "auto_activate",
    "cancel_auth",
    "cancel_special_auth",
    "change_auth",
    "corp_arch_auth",
    "create_auth",
    "license_*",
    "pay_for_app_success",
    "register_corp",
    "reset_permanent_code",
    "suite_ticket",
  ],
};
