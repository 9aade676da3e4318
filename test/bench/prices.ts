import type { Usage } from "./aws-meter.ts";

// List prices in US dollars, us-east-1, before any free tier. Where each was read, and of which day it is: docs/cost.md. AWS's own pages fill their
// tables in by script, so that some of these were read at second hand.

/** The price of one, by what AWS's price lists count. */
export const prices = {
  httpApiRequest: 1.0 / 1e6,
  lambdaRequest: 0.2 / 1e6,
  /** Of arm64. */
  lambdaGigabyteSecond: 0.000_013_333_4,
  dynamodbWriteUnit: 0.625 / 1e6,
  dynamodbReadUnit: 0.125 / 1e6,
  fifoRequest: 0.5 / 1e6,
  standardRequest: 0.4 / 1e6,
  s3Write: 0.005 / 1e3,
  s3Read: 0.0004 / 1e3,
  secretRead: 0.05 / 1e4,
} as const;

/** What one function did besides: requests of the HTTP API, invocations, and their time with 512 MB. */
export interface Ran {
  readonly httpRequests: number;
  readonly invocations: number;
  readonly milliseconds: number;
}

const gigabytes = 0.5;

/** What AWS bills for it, in dollars. */
export const dollarsOf = (usage: Usage, { httpRequests, invocations, milliseconds }: Ran): number =>
  httpRequests * prices.httpApiRequest +
  invocations * prices.lambdaRequest +
  (milliseconds / 1000) * gigabytes * prices.lambdaGigabyteSecond +
  usage.writeUnits * prices.dynamodbWriteUnit +
  usage.readUnits * prices.dynamodbReadUnit +
  usage.fifoRequests * prices.fifoRequest +
  usage.standardRequests * prices.standardRequest +
  usage.s3Writes * prices.s3Write +
  usage.s3Reads * prices.s3Read +
  usage.secretReads * prices.secretRead;
