import { expect, it } from "vitest";
import type { RecentReport } from "#lib/operations/recent.ts";
import type { SourcesReport } from "#lib/operations/sources.ts";
import { expectAgreement } from "../agreement.ts";
import { metricsOf } from "../log.ts";
import {
  clerkUser,
  creates,
  employee,
  joinerRequest,
  post,
  putSecrets,
  send,
  sourceNames,
} from "../senders.ts";
import type { OpenStack } from "../story.ts";

export function joiners(open: OpenStack): void {
  it("a joiner of every source arrives through its own route, function, role and secret", async () => {
    const stack = await open();
    await putSecrets(stack);
    for (const name of sourceNames) {
      const answer = await post(stack, name, joinerRequest(stack, name));
      expect(`${name} ${answer.ok}`).toBe(`${name} true`);
    }
    await stack.settled();
    expect(metricsOf(stack)).toMatchObject({
      DeliveriesAccepted: sourceNames.length,
      EventsAccepted: sourceNames.length,
    });
    const { events } = await stack.ledger();
    expect(events.map(({ source }) => source).toSorted()).toEqual([...sourceNames].toSorted());
    for (const { source, externalId, outcome } of events) {
      expect(outcome, source).toMatchObject({ kind: "accepted" });
      expect(stack.sandbox.users().map((user) => user.externalId)).toContain(externalId);
    }
    expect(stack.sandbox.users()).toHaveLength(sourceNames.length);

    await stack.logged();
    const since = new Date(stack.clock.now() - 3_600_000).toISOString();
    const recent = await stack.operate({ operation: "recent", since });
    expect(recent).toMatchObject({ isComplete: true, deliveries: { length: sourceNames.length } });
    const told = (recent as RecentReport).events.map(({ source, subject, outcome }) => ({
      source,
      subject,
      outcome,
    }));
    expect(told).toHaveLength(sourceNames.length);
    for (const { source, subject } of events)
      expect(told).toContainEqual({ source, subject, outcome: "accepted" });
    const { sources } = (await stack.operate({ operation: "sources" })) as SourcesReport;
    expect(sources.map(({ name }) => name).toSorted()).toEqual([...sourceNames, "payroll"].toSorted());
    await expectAgreement(stack);
  });

  it("a joiner whose source has no secret yet is asked to come again", async () => {
    const stack = await open();
    const body = { employees: [employee("10010")] };
    expect((await send(stack, "bamboohr", body)).status).toBe(503);
    await putSecrets(stack);
    await stack.clock.pass(5);
    expect((await send(stack, "bamboohr", body)).status).toBe(202);
    await stack.settled();
    expect(stack.sandbox.users()).toMatchObject([{ externalId: "10010" }]);
    expect(metricsOf(stack)).toMatchObject({ DeliveriesFailed: 1, DeliveriesAccepted: 1 });
    await expectAgreement(stack);
  });

  it("a joiner before day one arrives once, whichever of two systems speaks of them", async () => {
    const stack = await open();
    await putSecrets(stack);
    const hired = employee("10010", "Created", {
      "Mobile Phone": { value: "138 0013 8000" },
      Department: { value: "研发" },
    });
    const first = await send(stack, "bamboohr", { employees: [hired] });
    expect(first.status).toBe(202);
    await stack.settled();
    const second = await send(stack, "clerk", clerkUser("user.created", stack.clock.now()));
    expect(second.status).toBe(202);
    await stack.settled();

    expect(creates(stack)).toMatchObject([
      {
        body: {
          list: [
            {
              externalId: "10010",
              name: "张三",
              phone: "13800138000",
              phoneCountryCode: "+86",
              departmentIds: ["6350a1b2c3d4e5f607180001"],
            },
          ],
        },
      },
    ]);
    const trail = await stack.operate({ operation: "explain", asked: "10010" });
    expect(trail.events).toMatchObject([
      {
        source: "bamboohr",
        proof: "hmac-sha256",
        outcome: { kind: "accepted", userId: stack.sandbox.users()[0]?.userId },
        trail: {
          phone: expect.stringContaining("Mobile Phone"),
          departmentIds: expect.stringContaining("Department"),
        },
      },
      { source: "clerk", outcome: { kind: "already-done", by: `bamboohr/${trail.events[0].id}` } },
    ]);
    await expectAgreement(stack);
  });
}
