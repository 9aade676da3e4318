import { arn, may, objects, type Value } from "./cloudformation.ts";

// Rights that several functions have.

/** The permissions that an event source mapping needs, which uses the function's role. */
export const mayConsume = (queue: string, ...more: string[]) =>
  may(arn(queue), "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", ...more);
/** A claim is an update that first deletes an expired entry; so is the record of an outcome. */
export const mayClaim = may(arn("LedgerTable"), "dynamodb:UpdateItem", "dynamodb:DeleteItem");
/** Writes what sources have said of people, entries of the due index, and both records of a person whose id changes; reads many at once. */
export const mayUseLedger = [
  mayClaim,
  may(arn("LedgerTable"), "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:BatchGetItem"),
];
/** Puts events into the queue, and those that are too large for it into the bucket: anywhere under `waiting/`, or for one source. */
export const mayQueueEvents = (source = "") => [
  may(arn("EventsQueue"), "sqs:SendMessage"),
  may(objects(`waiting/${source}`), "s3:PutObject"),
];
/** The departure guard counts the departures of one hour. */
export const mayCountDepartures = may(arn("LedgerTable"), "dynamodb:Query");

/** One message per invocation, so that each message has the function's whole time. */
export const oneFrom = (queue: string, maximumConcurrency: number): Value => ({
  sqs: {
    arn: arn(queue),
    batchSize: 1,
    functionResponseType: "ReportBatchItemFailures",
    maximumConcurrency,
  },
});
