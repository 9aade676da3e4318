import { describe, expect, it } from "vitest";
import { journey, type Journey } from "./stack.ts";

const employee = (id: number, action: string) => ({
  id: String(id),
  action,
  fields: {
    "First Name": { value: "三" },
    "Last Name": { value: "张" },
    "Work Email": { value: `p${id}@example.com` },
  },
});
const employees = (count: number, action: string) => ({
  employees: Array.from({ length: count }, (_, index) => employee(index, action)),
});

const statuses = (run: Journey) =>
  Object.fromEntries(
    Map.groupBy(run.stack.sandbox?.users() ?? [], ({ status }) => status ?? "")
      .entries()
      .map(([status, users]) => [status, users.length]),
  );

describe("more departures than an hour normally sees", () => {
  it("are held, while joiners and movers are applied, and the log line for an alarm is written", async () => {
    const run = await journey();
    await run.send("bamboohr", employees(15, "Created"));
    await run.stack.settled();
    await run.send("bamboohr", employees(15, "Deleted"));
    await run.send("bamboohr", { employees: [employee(99, "Created")] });
    await run.stack.settled();

    expect(statuses(run)).toEqual({ Activated: 6, Resigned: 10 });
    expect((await run.operate({ operation: "list", kinds: ["held"] })).body.rows).toHaveLength(5);
    expect(run.log.filter((line) => line.startsWith("error departures held"))).toHaveLength(5);
    expect(run.stack.ledger.recent(100).filter(({ outcome }) => outcome.kind === "held")).toHaveLength(5);
  });

  it("are released or discarded by one command", async () => {
    const run = await journey();
    await run.send("bamboohr", employees(14, "Created"));
    await run.stack.settled();
    await run.send("bamboohr", employees(14, "Deleted"));
    await run.stack.settled();

    expect((await run.operate({ operation: "release", mode: "apply", source: "clerk" })).body).toEqual({
      rows: [],
    });
    const released = await run.operate({ operation: "release", mode: "apply", source: "bamboohr" });
    expect(released.body.rows).toMatchObject(Array.from({ length: 4 }, () => ({ result: "accepted" })));
    expect(statuses(run)).toEqual({ Resigned: 14 });
    expect((await run.operate({ operation: "release", mode: "apply", source: "bamboohr" })).body).toEqual({
      rows: [],
    });
  });

  it("keep their accounts when they are discarded", async () => {
    const run = await journey();
    await run.send("bamboohr", employees(12, "Created"));
    await run.stack.settled();
    await run.send("bamboohr", employees(12, "Deleted"));
    await run.stack.settled();
    expect(
      (await run.operate({ operation: "discard", mode: "apply", kinds: ["held"], reason: "mass-departure" }))
        .body.rows,
    ).toMatchObject([{ result: "discarded" }, { result: "discarded" }]);
    expect(statuses(run)).toEqual({ Activated: 2, Resigned: 10 });
    expect((await run.operate({ operation: "list", kinds: ["held"] })).body.rows).toEqual([]);
  });

  it("on a normal day are not held", async () => {
    const run = await journey();
    for (let batch = 0; batch < 4; batch += 1) {
      await run.send("bamboohr", {
        employees: Array.from({ length: 100 }, (_, index) => employee(batch * 100 + index, "Created")),
      });
    }
    await run.stack.settled();
    await run.send("bamboohr", employees(18, "Deleted"));
    await run.stack.settled();
    expect(statuses(run)).toEqual({ Activated: 382, Resigned: 18 });
  });

  it("and all other events of a person can be explained", async () => {
    const run = await journey();
    await run.send("bamboohr", employees(1, "Created"));
    await run.stack.settled();
    const { body } = await run.operate({ operation: "explain", asked: "0" });
    expect(body.events).toMatchObject([
      { source: "bamboohr", externalId: "0", outcome: { kind: "accepted" } },
    ]);
  });

  it("refuses an unknown operation", async () => {
    const run = await journey();
    const refused = { status: 400, body: { error: expect.stringContaining("operation-unknown") } };
    for (const wrong of [
      { operation: "destroy" },
      { operation: "release", source: "bamboohr" },
      { operation: "release", mode: "apply" },
      { operation: "redrive", mode: "apply", source: "bamboohr", kinds: ["held"] },
      { operation: "discard", mode: "apply", source: "bamboohr" },
      { operation: "release", mode: "apply", source: "bamboohr", dryRun: true },
    ]) {
      expect(await run.operate(wrong)).toMatchObject(refused);
    }
  });
});
