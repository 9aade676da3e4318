import { describe, expect, it, onTestFinished } from "vitest";
import { defineConfig } from "#lib/config.ts";
import { startRecordedApi } from "#infra/local/recorded-api.ts";
import type { ExplainedEvent } from "#lib/operations/explain.ts";
import { movableDate } from "./clock.ts";
import { journey, type Journey } from "./stack.ts";
import { joins, leaves, told, toldSecret, toldSource } from "./told-source.ts";

const minute = 60_000;
/** The schedule of a laptop runs each second. */
const within = { timeout: 10_000 };

async function openToldJourney(): Promise<Journey> {
  const run = await journey({ config: defineConfig({ sources: { hr: { source: toldSource } } }) });
  run.secrets["sources/hr"] = { current: toldSecret };
  return run;
}

async function tell(run: Journey, body: object): Promise<void> {
  expect((await run.send("hr", body)).status).toBe(202);
  await run.stack.settled();
}

const statusOf = ({ stack }: Journey, externalId: string) =>
  stack.sandbox?.users().find((user) => user.externalId === externalId)?.status;

const listed = async (run: Journey, kind: string) =>
  (await run.operate({ operation: "list", kinds: [kind] })).body.rows as { id: string; reason: string }[];

describe("an event that waits for its source's API", () => {
  const event = (eventType: string, uuid: string, second: number) => {
    const published = new Date(Date.UTC(2026, 10, 22, 3, 0, second)).toISOString();
    return {
      eventType: "com.okta.event_hook",
      data: {
        events: [
          {
            uuid,
            published,
            eventType,
            outcome: { result: "SUCCESS" },
            target: [{ id: "00u1", type: "User" }],
          },
        ],
      },
    };
  };
  const request = "GET /api/v1/users/00u1";
  const user = (firstName: string) => ({
    request,
    status: 200,
    json: {
      id: "00u1",
      status: "ACTIVE",
      profile: { firstName, lastName: "Brandt", email: "nils@example.com", login: "nils@example.com" },
    },
  });

  it("blocks no other event: a later departure closes the account at once, and the waiting event is applied when it can be", async () => {
    const date = movableDate();
    const api = await startRecordedApi([{ answers: [user("Nils")] }]);
    onTestFinished(() => api.close());
    const run = await journey({ config: defineConfig({ sources: { okta: {} } }) });
    const { stack, secrets, send } = run;
    secrets["sources/okta"] = {
      current: {
        authorization: "invented-authorization",
        domain: "acme.okta.com",
        apiToken: "00invented",
        apiHost: api.url,
      },
    };
    await send("okta", event("user.lifecycle.create", "e-1", 1));
    await stack.settled();
    expect(statusOf(run, "00u1")).toBe("Activated");

    api.play({ answers: [{ request, status: 401, json: { errorCode: "E0000011" } }] });
    await send("okta", event("user.account.update_profile", "e-2", 2));
    await send("okta", event("user.lifecycle.deactivate", "e-3", 3));
    await stack.settled();
    expect(statusOf(run, "00u1")).toBe("Resigned");
    const asked = (await run.operate({ operation: "explain", asked: "00u1" })).body.events;
    expect(asked.at(-1)).toMatchObject({
      id: "e-2",
      parked: {
        kind: "waiting",
        reason: "source-credentials-refused",
        hint: expect.stringContaining("API token"),
        dueAt: expect.any(String),
      },
    });
    expect(asked.at(-1)).not.toHaveProperty("outcome");

    api.play({ answers: [user("Niels")] });
    date.pass(20 * minute);
    await expect.poll(() => stack.ledger.recent(10).map(({ id }) => id), within).toContain("e-2");
    await stack.settled();
    expect(await listed(run, "waiting")).toEqual([]);
    expect(stack.sandbox?.users()).toMatchObject([{ givenName: "Niels", status: "Resigned" }]);
  });
});

describe("a TOTP secret before its person", () => {
  it("waits, and is imported a few seconds after the person has joined", async () => {
    const date = movableDate();
    const run = await openToldJourney();
    const otp = { secret: "JBSWY3DPEHPK3PXP" };
    await tell(run, told("1", [{ kind: "import-otp", who: { externalId: "1" }, otp }]));
    expect(await listed(run, "waiting")).toMatchObject([{ reason: "user-unknown", externalId: "1" }]);
    await tell(run, told("1", [joins("1")]));
    date.pass(10_000);
    const userId = run.stack.sandbox?.users()[0]?.userId ?? "";
    await expect.poll(() => run.stack.sandbox?.otpOf(userId), within).toEqual(otp);
    await expect.poll(() => listed(run, "waiting"), within).toEqual([]);
  });
});

describe("a paused source", () => {
  it("has its deliveries accepted and stored, and applied in their order when it is resumed", async () => {
    const run = await openToldJourney();
    await tell(run, told("1", [joins("1")]));
    expect((await run.operate({ operation: "pause", source: "hr" })).body).toEqual({
      pausedSince: expect.any(String),
      broughtBack: 0,
    });
    await tell(run, told("2", [joins("2")]));
    await tell(run, told("1", [leaves("1")]));
    expect(run.stack.sandbox?.users()).toMatchObject([{ externalId: "1", status: "Activated" }]);
    expect(await listed(run, "waiting")).toMatchObject([
      { reason: "source-paused" },
      { reason: "source-paused" },
    ]);
    const [explained] = (await run.operate({ operation: "explain", asked: "1" })).body.events.slice(-1);
    expect(explained).toMatchObject({ parked: { reason: "source-paused", pausedSince: expect.any(String) } });

    const resumed = await run.operate({ operation: "resume", source: "hr" });
    expect(resumed.body).toEqual({ broughtBack: 2 });
    await run.stack.settled();
    expect(run.stack.sandbox?.users()).toMatchObject([
      { externalId: "1", status: "Resigned" },
      { externalId: "2", status: "Activated" },
    ]);
    expect(await listed(run, "waiting")).toEqual([]);
  });

  it("keeps the start time of its pause, and must be a source that is switched on", async () => {
    const date = movableDate();
    const run = await openToldJourney();
    await run.operate({ operation: "pause", source: "hr" });
    const since = await run.stack.ledger.pausedSince("hr");
    date.pass(minute);
    await run.operate({ operation: "pause", source: "hr" });
    expect(await run.stack.ledger.pausedSince("hr")).toBe(since);
    expect(await run.operate({ operation: "pause", source: "rh" })).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining("source-not-enabled") },
    });
  });
});

describe("a last day", () => {
  it("that is moved and withdrawn closes no account; one that is not withdrawn closes the account once, when it has ended", async () => {
    const date = movableDate("2026-03-01T01:00:00Z");
    const run = await openToldJourney();
    const { stack } = run;
    for (const id of ["1", "2"]) await tell(run, told(id, [joins(id)]));
    for (const id of ["1", "2"]) await tell(run, told(id, [leaves(id, "2026-03-30")]));
    const parkedOf = async (externalId: string) => {
      const { body } = await run.operate({ operation: "explain", asked: externalId });
      return (body.events as ExplainedEvent[]).flatMap(({ parked }) => parked ?? []);
    };
    const dueAt = async (externalId: string) => (await parkedOf(externalId)).map((parked) => parked.dueAt);
    // Midnight in Shanghai, at the end of the 30th.
    expect(await dueAt("2")).toEqual(["2026-03-30T16:00:00.000Z"]);

    date.to("2026-03-10T01:00:00Z");
    await tell(run, told("1", [leaves("1", "2026-03-20")]));
    expect(await dueAt("1")).toContain("2026-03-20T16:00:00.000Z");
    date.to("2026-03-15T01:00:00Z");
    const withdrawn = {
      kind: "update",
      who: { externalId: "1" },
      person: {},
      complete: false,
      trail: {},
    } as const;
    await tell(run, told("1", [{ ...withdrawn, departure: "none" }], "withdrawn"));

    date.to("2026-03-30T15:59:00Z");
    // The announcement of the 20th was retried and superseded; that of the 30th lapses when it is due.
    await expect.poll(() => listed(run, "waiting"), within).toHaveLength(2);
    await stack.settled();
    expect((await parkedOf("1")).map(({ lapsedBy }) => lapsedBy)).toEqual(["hr/withdrawn"]);
    expect(await parkedOf("2")).toMatchObject([{ reason: "date-ahead", dueAt: "2026-03-30T16:00:00.000Z" }]);
    expect((await parkedOf("2"))[0]).not.toHaveProperty("lapsedBy");
    expect([statusOf(run, "1"), statusOf(run, "2")]).toEqual(["Activated", "Activated"]);
    date.to("2026-03-30T16:00:01Z");
    await expect.poll(() => statusOf(run, "2"), within).toBe("Resigned");
    await expect.poll(() => listed(run, "waiting"), within).toEqual([]);
    await stack.settled();
    expect(statusOf(run, "1")).toBe("Activated");
    expect(stack.sandbox?.requests.filter(({ operation }) => operation === "resign-user-batch")).toHaveLength(
      1,
    );
  });
});
