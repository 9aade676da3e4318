import { dynamodbLedger } from "#lib/aws/ledger.ts";
import { describe, expect, it } from "vitest";
import { ledgerSuite } from "../contract/ledger.ts";
import { createLedgerTable } from "./resources.ts";

ledgerSuite("in DynamoDB", async (now) => dynamodbLedger(await createLedgerTable(), now));

describe("the ledger in DynamoDB", () => {
  it("says that it is misconfigured where there is no table", async () => {
    const ledger = dynamodbLedger("no-such-table");
    await expect(ledger.person("10010")).rejects.toMatchObject({
      code: "misconfigured",
      reason: "ledger-unreachable",
      retryable: true,
    });
  });
});
