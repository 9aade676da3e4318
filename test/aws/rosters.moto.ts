import { expect, it } from "vitest";
import { dynamodbLedger } from "#lib/aws/ledger.ts";
import { parkedObjects } from "#lib/aws/parked.ts";
import { interruptedNight } from "../rosters/night.ts";
import { createBucket, createLedgerTable } from "./resources.ts";

it.each([1, 2, 3])(
  "a run over DynamoDB that is cut off again and again ends as if it had not: %i",
  async (seed) => {
    const [bucket, table] = await Promise.all([createBucket(), createLedgerTable()]);
    const { lives } = await interruptedNight(
      { makeLedger: (now) => dynamodbLedger(table, now), makeParked: () => parkedObjects({ bucket, table }) },
      seed,
    );
    expect(lives.deaths).toBeGreaterThan(3);
  },
  120_000,
);
