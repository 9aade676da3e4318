import config from "#config";
import { rosterPorts } from "#lib/wiring/function-ports.ts";
import { rostersRun } from "#lib/handlers/rosters.ts";
import { speakingSources } from "#lib/wiring/enabled-sources.ts";

export const handler = rostersRun(() => rosterPorts(config, speakingSources(config)));
