import type { EventTypes } from "#lib/payloads/interpret.ts";

/** The check of the URL, and departments. https://api.xinrenxinshi.com/doc/v3/page/message/pushProcessConfig_v5.html */
export const eventTypes: EventTypes = { path: "type", uninteresting: ["department_*", "verify"] };
