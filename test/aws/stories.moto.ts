import { dynamodbLedger } from "#lib/aws/ledger.ts";
import { storiesSuite } from "../delivery/stories.ts";
import { createLedgerTable } from "./resources.ts";

// Every step of every story would take minutes over HTTP; the memory ledger has them all, and the ledgers keep the same promises.
storiesSuite("in DynamoDB", async (now) => dynamodbLedger(await createLedgerTable(), now), {
  kills: 5,
  isSlow: true,
});
