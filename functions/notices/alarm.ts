import config from "#config";
import { alarms } from "#lib/handlers/notices.ts";
import { alarmPorts } from "#lib/wiring/function-ports.ts";

export const handler = alarms(() => alarmPorts(config));
