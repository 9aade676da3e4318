import config from "#config";
import { planPorts } from "#lib/aws/ports.ts";
import { uploadsPlan } from "#lib/lambda/uploads.ts";

export const handler = uploadsPlan(() => planPorts(config));
