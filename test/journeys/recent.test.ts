import { describe, expect, it } from "vitest";
import type { RecentReport } from "#lib/operations/recent.ts";
import { journey } from "./stack.ts";

const employee = (id: string, action: "Created" | "Updated", fields: object) => ({
  employees: [{ id, action, fields: { ...fields } }],
});
const zhang = {
  firstName: { value: "三" },
  lastName: { value: "张" },
  workEmail: { value: "zhang.san@example.com" },
};

describe("what happens", () => {
  it("is told as it comes, by ids and codes, with the files and the sources", async () => {
    const { stack, send, upload, operate, log } = await journey();
    const recent = async (request: object = {}) => {
      const { status, body } = await operate({ operation: "recent", ...request });
      expect(status).toBe(200);
      return body as RecentReport;
    };
    expect(await recent()).toMatchObject({ events: [], deliveries: [], isComplete: true });

    await send("bamboohr", employee("10010", "Created", zhang));
    await stack.settled();
    await send("clerk", "no JSON");
    await stack.settled();
    const { events, deliveries, since } = await recent();
    expect(events).toMatchObject([
      {
        source: "bamboohr",
        outcome: "accepted",
        subject: "10010",
        externalId: "10010",
        type: "employee_with_fields.created",
      },
      { source: "clerk", outcome: "dead", type: "unreadable", reason: "body-not-json" },
    ]);
    expect(Date.parse(since)).toBeLessThan(Date.now() - 3_590_000);
    expect(deliveries).toMatchObject([
      { source: "bamboohr", accepted: 1 },
      { source: "clerk", accepted: 1 },
    ]);
    for (const { milliseconds } of events) expect(milliseconds).toBeGreaterThanOrEqual(0);

    // A page asks from the last moment on: what has that very moment comes again.
    const last = events.at(-1);
    const again = await recent({ since: last?.at });
    expect(again.events).toContainEqual(last);
    expect(again.events).not.toContainEqual(events[0]);

    await operate({ operation: "pause", source: "bamboohr" });
    await send("bamboohr", employee("10011", "Created", zhang));
    const name = await upload(
      "users",
      "people.csv",
      "externalId,name,email\n10012,李四,li.si@example.com\n10013,José,jose@example.com\n",
    );
    const after = await recent({ since: last?.at });
    expect(
      after.events.slice(-2).toSorted((one, other) => (one.source < other.source ? -1 : 1)),
    ).toMatchObject([
      { source: "bamboohr", outcome: "waiting", reason: "source-paused", subject: "10011" },
      { source: "uploads", id: name, type: "import", outcome: "accepted" },
    ]);
    const ofPaused = await recent({ source: "bamboohr", limit: 1 });
    expect(ofPaused).toMatchObject({ isComplete: false, events: [{ outcome: "waiting" }] });

    const { body } = await operate({ operation: "sources" });
    const time = expect.stringMatching(/^\d{4}-.*Z$/) as string;
    expect(body).toEqual({
      sources: [
        { name: "bamboohr", title: "BambooHR", pausedSince: time, lastHeardAt: time, deliveries24h: 2 },
        { name: "clerk", title: "Clerk", lastHeardAt: time, deliveries24h: 1 },
      ],
    });

    const told = JSON.stringify([await recent(), body]) + log.join("\n");
    for (const value of ["张", "zhang.san", "李四", "José", "li.si", "no JSON"])
      expect(told).not.toContain(value);
  });

  it("is not told to a request that is not understood", async () => {
    const { operate } = await journey();
    const refused = { status: 400, body: { error: expect.stringContaining("operation-unknown") as string } };
    for (const wrong of [
      { limit: 0 },
      { limit: 1001 },
      { limit: 1.5 },
      { limit: "10" },
      { since: "yesterday" },
      { since: "2026-03-01" },
      { since: 1 },
      { source: "" },
      { source: "x".repeat(101) },
      { source: null },
      { sorce: "okta" },
    ]) {
      expect(await operate({ operation: "recent", ...wrong }), JSON.stringify(wrong)).toMatchObject(refused);
    }
    expect(await operate({ operation: "sources", source: "okta" })).toMatchObject(refused);
  });
});
