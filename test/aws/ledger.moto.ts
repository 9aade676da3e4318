import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { beforeEach, describe, expect, it } from "vitest";
import { dynamodbLedger } from "#lib/aws/ledger.ts";
import type { Ledger } from "#lib/contract/ledger.ts";
import { ledgerSuite } from "../contract/ledger.ts";
import { createLedgerTable, deleteItem, itemsOf, putItem, putItems } from "./resources.ts";

ledgerSuite("in DynamoDB", async (now) => dynamodbLedger(await createLedgerTable(), now));

describe("the ledger in DynamoDB", () => {
  let table: string;
  let ledger: Ledger;
  beforeEach(async () => {
    table = await createLedgerTable();
    ledger = dynamodbLedger(table);
  });
  const itemOf = async (pk: string, sk: string) =>
    (await itemsOf(table)).find((item) => item["pk"]?.S === pk && item["sk"]?.S === sk);

  it("says that it is misconfigured where there is no table", async () => {
    await expect(dynamodbLedger("no-such-table").person("10010")).rejects.toMatchObject({
      code: "misconfigured",
      reason: "ledger-unreachable",
      retryable: true,
    });
  });

  it("reports a write that DynamoDB never accepts as a defect, which is not retried", async () => {
    const told = { ["x".repeat(500_000)]: { at: "2026-03-01T00:00:00.000Z", by: "e-1" } };
    await expect(ledger.tell({ source: "okta", subject: "1", told })).rejects.toMatchObject({
      code: "malformed",
      reason: "aws-call-invalid",
      retryable: false,
    });
  });

  it("uses one write unit for a person with 25 fields from five events", async () => {
    for (let event = 0; event < 5; event += 1) {
      const at = `2026-03-0${event + 1}T00:00:00.000Z`;
      const fields = Array.from({ length: 5 }, (_, index) => `customData.field${event * 5 + index}`);
      await ledger.tell({
        source: "bamboohr",
        subject: "10010",
        externalId: "10010",
        userId: "6350a1b2c3d4e5f607180001",
        told: Object.fromEntries(fields.map((field) => [field, { at, by: `event-${event}` }])),
      });
    }
    const item = (await itemsOf(table)).find(({ sk }) => sk?.S === "10010") ?? {};
    expect(Object.keys(item).toSorted()).toEqual(["pk", "revision", "sk", "told"]);
    const bytes = Object.entries(item).reduce(
      (sum, [name, { S = "", N = "" }]) => sum + Buffer.byteLength(name + S + N),
      0,
    );
    expect(bytes).toBeLessThan(1024);
  });

  it("writes nothing when the same values are recorded again", async () => {
    const record = {
      source: "okta",
      subject: "1",
      externalId: "e-1",
      told: { email: { at: "2026-03-01T00:00:00.000Z", by: "e-1" } },
    };
    await ledger.tell(record);
    await ledger.tell(record);
    expect((await itemsOf(table)).map(({ revision }) => revision)).toEqual([{ N: "1" }]);
  });

  it("counts thousands of people once in ten minutes, and a few each time", async () => {
    let time = 0;
    const own = dynamodbLedger(table, () => time);
    const putMany = (from: number, to: number) =>
      putItems(
        table,
        Array.from({ length: to - from }, (_, index) => ({
          pk: { S: "subject#okta#0" },
          sk: { S: String(from + index) },
          told: { S: '{"told":[]}' },
        })),
      );
    await putMany(0, 50);
    expect(await own.countSubjects("okta")).toBe(50);
    await putMany(50, 5_000);
    expect(await own.countSubjects("okta")).toBe(5_000);
    await putMany(5_000, 5_050);
    time += 600_000 - 1;
    expect(await own.countSubjects("okta")).toBe(5_000);
    time += 1;
    expect(await own.countSubjects("okta")).toBe(5_050);
  });

  describe("a rename that was interrupted", () => {
    const before = {
      userId: { S: "u-1" },
      createdBy: { S: "okta/e-1" },
      owner: { S: "okta" },
      closedBy: { SS: ["okta"] },
    };
    const key = (id: string) => ({ pk: { S: `person#${id}` }, sk: { S: "person" }, externalId: { S: id } });
    const moving = { renamedTo: { S: "new" }, moving: { S: "t-2" } };
    const former = { formerly: { L: [{ S: "oldest" }] } };
    const moved = {
      ...key("new"),
      ...before,
      formerly: { L: [{ S: "oldest" }, { S: "old" }] },
      moved: { S: "t-2" },
    };
    const whole = {
      externalId: "new",
      userId: "u-1",
      createdBy: "okta/e-1",
      owner: "okta",
      closedBy: ["okta"],
      formerly: ["oldest", "old"],
    };
    const steps: [after: string, items: Record<string, AttributeValue>[]][] = [
      ["the first write", [{ ...key("old"), ...before, ...former, ...moving }]],
      ["the second write", [{ ...key("old"), ...before, ...former, ...moving }, moved]],
    ];

    async function cutOff(items: readonly Record<string, AttributeValue>[]): Promise<void> {
      await putItem(table, { ...key("oldest"), createdBy: { S: "okta/e-1" }, renamedTo: { S: "old" } });
      for (const item of items) await putItem(table, item);
    }

    it.each(steps)("after %s is finished when the person is looked up, under any id", async (_, items) => {
      for (const id of ["oldest", "old"]) {
        for (const item of await itemsOf(table)) await deleteItem(table, item);
        await cutOff(items);
        expect(await ledger.person(id)).toEqual(whole);
        expect(await ledger.person("new")).toEqual(whole);
        expect((await itemOf("person#oldest", "person"))?.["renamedTo"]).toEqual({ S: "new" });
        expect(Object.keys((await itemOf("person#old", "person")) ?? {}).toSorted()).toEqual([
          "createdBy",
          "externalId",
          "pk",
          "renamedTo",
          "sk",
        ]);
      }
    });

    it.each(steps)("after %s is finished when the rename is repeated", async (_, items) => {
      await cutOff(items);
      await ledger.renamePerson("old", "new");
      expect(await ledger.person("new")).toEqual(whole);
    });

    it.each(steps)("after %s is finished before anything else is recorded", async (_, items) => {
      await cutOff(items);
      await ledger.recordPeople([
        { externalId: "old", createdBy: "x", closes: { source: "clerk", isClosed: true } },
      ]);
      expect(await ledger.person("new")).toEqual({ ...whole, closedBy: ["clerk", "okta"] });
    });

    it("after the new id was written does not overwrite what was recorded there since", async () => {
      await cutOff(steps[1]?.[1] ?? []);
      await ledger.recordPeople([
        { externalId: "new", createdBy: "x", closes: { source: "okta", isClosed: false } },
      ]);
      const { closedBy: _, ...open } = whole;
      expect(await ledger.person("old")).toEqual(open);
    });
  });
});
