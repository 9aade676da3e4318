import config from "#config";
import { watchFilledFields } from "#lib/handlers/watch.ts";
import { fieldsPorts } from "#lib/wiring/function-ports.ts";

export const handler = watchFilledFields(() => fieldsPorts(config));
