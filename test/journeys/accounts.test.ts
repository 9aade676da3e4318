import { describe, expect, it } from "vitest";
import { explainReason } from "#lib/reasons/explain-reason.ts";
import { createAuthingClient } from "#lib/authing/client.ts";
import { defineConfig } from "#lib/config.ts";
import { movableDate } from "./clock.ts";
import { clerkUser, hired } from "./people.ts";
import { journey, type Journey } from "./stack.ts";
import { joins, leaves, told, toldSecret, toldSource } from "./told-source.ts";

// Which person does an account belong to? Where it is not certain that an event's person owns an account, the operator decides.

async function openToldJourney(people: "own" | "shared" = "own"): Promise<Journey> {
  const run = await journey({ config: defineConfig({ sources: { hr: { source: toldSource, people } } }) });
  run.secrets["sources/hr"] = { current: toldSecret };
  return run;
}

async function tell(run: Journey, body: object): Promise<void> {
  expect((await run.send("hr", body)).status).toBe(202);
  await run.stack.settled();
}

/** What an operator reads about a reason. */
function adviceAbout(reason: string): string {
  const { next, run = [] } = explainReason(reason, { language: "en" }) ?? {};
  return [next, ...run].join(" ");
}

const accounts = ({ stack }: Journey) => stack.sandbox?.users() ?? [];
const held = async (run: Journey) => (await run.operate({ operation: "list", kinds: ["held"] })).body.rows;
const lastOf = async (run: Journey, externalId: string) =>
  (await run.operate({ operation: "explain", asked: externalId })).body.events.at(-1);

/** Creates an account that is not in the ledger. */
async function foreignAccount(run: Journey, person: object): Promise<void> {
  const key = run.secrets["authing"]?.current as { accessKeyId: string; accessKeySecret: string };
  const authing = createAuthingClient({ host: run.stack.authingHost, credentials: async () => key });
  expect(await authing.createUsersBatch({ list: [person] })).toMatchObject({ ok: true });
  authing.close();
}

describe("a person who returns under a new id", () => {
  async function returned(): Promise<Journey> {
    const run = await openToldJourney();
    const phone = { phone: "13800138000", phoneCountryCode: "+86" };
    await tell(run, told("1", [joins("1", phone)]));
    await tell(run, told("1", [leaves("1")]));
    await tell(run, told("2", [joins("2", phone)], "back-again"));
    return run;
  }

  it("is held with the account that the same source closed, and gets it back when the operator releases the event", async () => {
    const run = await returned();
    const [old] = accounts(run);
    expect(old).toMatchObject({ externalId: "1", status: "Resigned" });
    expect(await held(run)).toMatchObject([
      { id: "back-again", externalId: "2", reason: "returned-under-new-id", path: "phone" },
    ]);
    expect(await lastOf(run, "2")).toMatchObject({
      outcome: { kind: "held", userId: old?.userId, field: "phone" },
      otherExternalId: "1",
      parked: { kind: "held", reason: "returned-under-new-id" },
    });

    expect(
      (await run.operate({ operation: "release", mode: "apply", source: "hr" })).body.rows,
    ).toMatchObject([{ result: "needs --as same, or discard" }]);
    expect(accounts(run)).toMatchObject([{ externalId: "1", status: "Resigned" }]);
    expect(
      (await run.operate({ operation: "release", mode: "apply", id: "back-again", as: "same" })).body.rows,
    ).toMatchObject([{ result: "accepted linked" }]);
    expect(accounts(run)).toMatchObject([
      { userId: old?.userId, externalId: "2", status: "Activated", email: "p2@example.com" },
    ]);
    expect(await held(run)).toEqual([]);
  });

  it("is then found by both ids, and closed by the new id", async () => {
    const run = await returned();
    await run.operate({ operation: "release", mode: "apply", as: "same", source: "hr" });
    const { person, events } = (await run.operate({ operation: "explain", asked: "1" })).body;
    expect(person).toMatchObject({ externalId: "2", formerly: ["1"] });
    const byOldId = events as { subject: string }[];
    expect(new Set(byOldId.map(({ subject }) => subject))).toEqual(new Set(["1", "2"]));
    await tell(run, told("2", [leaves("2")]));
    expect(accounts(run)).toMatchObject([{ externalId: "2", status: "Resigned" }]);
  });

  it("who is another person with the leaver's address does not get the leaver's account; the hint says to free the address", async () => {
    const run = await openToldJourney();
    await tell(run, told("1", [joins("1")]));
    await tell(run, told("1", [leaves("1")]));
    await tell(run, told("2", [joins("2", { email: "p1@example.com" })], "namesake"));
    expect(await held(run)).toMatchObject([
      { id: "namesake", path: "email", reason: "returned-under-new-id" },
    ]);
    for (const told of ["free the address", "--as same"]) {
      expect(adviceAbout("returned-under-new-id")).toContain(told);
    }
    expect(
      (await run.operate({ operation: "discard", mode: "apply", kinds: ["held"], id: "namesake" })).body.rows,
    ).toMatchObject([{ result: "discarded" }]);
    expect(accounts(run)).toMatchObject([{ externalId: "1", status: "Resigned" }]);
    expect(await held(run)).toEqual([]);
  });
});

describe("an account that the ledger does not know", () => {
  it("is not linked by a source with people of its own until an operator says that it is the same person's", async () => {
    const run = await openToldJourney();
    await foreignAccount(run, { externalId: "1", email: "admin@example.com", name: "Admin" });
    await tell(run, told("1", [joins("1", { email: "p1@example.com" })], "joined"));
    expect(accounts(run)).toMatchObject([{ externalId: "1", email: "admin@example.com", name: "Admin" }]);
    expect(await lastOf(run, "1")).toMatchObject({
      outcome: {
        kind: "held",
        reason: "account-exists",
        field: "externalId",
        userId: accounts(run)[0]?.userId,
      },
    });
    // The source cannot close the account either.
    await tell(run, told("1", [leaves("1")]));
    expect(accounts(run)).toMatchObject([{ status: "Activated" }]);

    expect(
      (await run.operate({ operation: "release", mode: "apply", id: "joined", as: "same" })).body.rows,
    ).toHaveLength(1);
    expect(accounts(run)).toHaveLength(1);
  });

  it("is linked by our id where the source is shared, and by an address never", async () => {
    const date = movableDate();
    const run = await openToldJourney("shared");
    await foreignAccount(run, { externalId: "1", email: "p1@example.com" });
    await foreignAccount(run, { email: "p2@example.com", username: "admin" });
    // An account that was created in the same seconds could be the joiner's own.
    date.pass(60_000);
    await tell(run, told("1", [joins("1")]));
    await tell(run, told("2", [joins("2")]));
    expect(await lastOf(run, "1")).toMatchObject({ outcome: { kind: "already-done" } });
    expect(await held(run)).toMatchObject([{ externalId: "2", reason: "account-exists", path: "email" }]);
    expect(accounts(run)[1]).not.toHaveProperty("externalId");
  });
});

describe("a person of another source", () => {
  const admin = {
    externalId: "10010",
    email: "san.zhang@example.com",
    phone: "13800138000",
    status: "Activated",
  };

  /** HR creates person 10010; anyone can sign up at the identity provider; the chat system has a member with that id. */
  async function withAdmin(people: "own" | "shared"): Promise<Journey> {
    const sources = { bamboohr: {}, clerk: {}, chat: { source: toldSource, people } };
    const run = await journey({ config: defineConfig({ sources }) });
    run.secrets["sources/chat"] = { current: toldSecret };
    await run.send("bamboohr", hired());
    await run.stack.settled();
    expect(accounts(run)).toMatchObject([admin]);
    return run;
  }

  const mail = (address: string, status: string) => ({
    email_addresses: [{ id: "e1", email_address: address, verification: { status } }],
  });

  async function attempt(run: Journey, source: string, body: object): Promise<unknown> {
    await run.send(source, body);
    await run.stack.settled();
    const changed = accounts(run).filter(({ externalId }) => externalId === "10010");
    expect(changed).toMatchObject([{ ...admin, name: "张三" }]);
    return run.stack.ledger.recent(1)[0]?.outcome;
  }

  it("does not change whatever other sources say, and each attempt is rejected with its reason", async () => {
    const run = await withAdmin("own");
    const by = expect.stringMatching(/^bamboohr\//);
    const stranger = {
      id: "user_2",
      first_name: "Mal",
      last_name: "Lory",
      ...mail("mallory@example.com", "verified"),
    };
    expect(await attempt(run, "clerk", clerkUser("user.created", stranger))).toMatchObject({
      kind: "already-done",
      by,
    });
    expect(await attempt(run, "clerk", clerkUser("user.updated", stranger))).toMatchObject({
      kind: "rejected",
      reason: "person-of-another-source",
      by,
    });
    expect(await attempt(run, "chat", told("10010", [leaves("10010")]))).toMatchObject({
      kind: "rejected",
      reason: "person-of-another-source",
    });
    const otp = { secret: "JBSWY3DPEHPK3PXP" };
    const enrols = told("10010", [{ kind: "import-otp", who: { externalId: "10010" }, otp }]);
    expect(await attempt(run, "chat", enrols)).toMatchObject({ reason: "person-of-another-source" });
    // The account has no externalId; the source names it by an address that was never verified.
    const unverified = { id: "user_3", external_id: null, ...mail("san.zhang@example.com", "unverified") };
    await run.send("clerk", clerkUser("user.created", unverified));
    await run.stack.settled();
    expect(accounts(run).filter(({ email }) => email === admin.email)).toMatchObject([admin]);
    // With an id that is present and cannot be used.
    const broken = { ...unverified, id: "user_4", external_id: "x".repeat(300) };
    await run.send("clerk", clerkUser("user.created", broken));
    await run.stack.settled();
    expect(accounts(run).filter(({ email }) => email === admin.email)).toMatchObject([admin]);
    expect(run.stack.ledger.recent(1)[0]?.outcome.kind).not.toBe("accepted");

    expect(run.stack.sandbox?.otpOf(accounts(run)[0]?.userId ?? "")).toBeUndefined();
    const rejected = (await run.operate({ operation: "list", kinds: ["rejected"] })).body.rows as {
      reason: string;
    }[];
    expect(rejected.filter(({ reason }) => reason === "person-of-another-source")).toHaveLength(3);
    expect(adviceAbout("person-of-another-source")).toContain('people: "shared"');
  });

  it("may be changed where the configuration says that the people are shared", async () => {
    const run = await withAdmin("shared");
    await run.send("chat", told("10010", [leaves("10010")]));
    await run.stack.settled();
    expect(accounts(run)).toMatchObject([{ externalId: "10010", status: "Resigned" }]);
  });

  it("keeps their second factor when a row of a file has another one for their address", async () => {
    const run = await withAdmin("own");
    const row = { email: admin.email, otp: { secret: "JBSWY3DPEHPK3PXP" } };
    const id = await run.upload("users", "people.ndjson", `${JSON.stringify(row)}\n`);
    expect(await run.summary(id)).toMatchObject({ rejected: 1, accepted: 0 });
    expect(run.stack.sandbox?.otpOf(accounts(run)[0]?.userId ?? "")).toBeUndefined();
  });
});
