import * as z from "zod/mini";
import { InboundError } from "#lib/contract/errors.ts";

const text = z.string().check(z.minLength(1));

/** Every environment variable that the functions read; infra/aws/functions.ts and serverless.yml set them. */
const variables = {
  /** First part of every name, e.g. `authing-inbound`. */
  SERVICE: text,
  /** Second part of every name, e.g. `prod`. */
  STAGE: text,
  /** The AWS region, e.g. `cn-north-1`: commands in notices name it. */
  REGION: text,
  /** Where events wait (SQS FIFO). */
  EVENTS_QUEUE_URL: z.url(),
  /** Where notifications of uploaded files wait (SQS). */
  UPLOADS_QUEUE_URL: z.url(),
  /** Where chunks of uploaded files wait (SQS). */
  CHUNKS_QUEUE_URL: z.url(),
  /** Where imports wait whose chunks are all done (SQS). */
  FINISH_QUEUE_URL: z.url(),
  /** Where runs over rosters wait for their next step (SQS). */
  ROSTERS_QUEUE_URL: z.url(),
  /** The names of the sources that have a route, with commas between them. */
  SOURCES: z.string(),
  /** The ledger's DynamoDB table. */
  TABLE: text,
  /** The bucket that files are uploaded to, and that keeps parked messages. */
  BUCKET: text,
  /** The log group of the worker, events-apply. */
  EVENTS_LOG_GROUP: text,
};

type Variable = keyof typeof variables;

/**
 * The variables a function needs, checked. Throws `misconfigured` `environment-incomplete` with the first one's name as its
 * path when it is missing or empty.
 */
export function readEnvironment<const Name extends Variable>(
  names: readonly Name[],
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Record<Name, string> {
  return Object.fromEntries(
    names.map((name) => {
      const parsed = z.safeParse(variables[name], environment[name]);
      if (parsed.success) return [name, parsed.data];
      throw new InboundError("misconfigured", "environment-incomplete", {
        path: name,
        hint: "deploy again: infra/aws/functions.ts sets it",
      });
    }),
  ) as Record<Name, string>;
}
