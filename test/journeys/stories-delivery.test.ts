import { describe, expect, it } from "vitest";
import type { SecretVersions } from "#lib/contract/secrets.ts";
import { journey, type Journey } from "./stack.ts";

const employee = (id: string, action = "Created") => ({
  employees: [
    {
      id,
      action,
      fields: {
        "First Name": { value: "三" },
        "Last Name": { value: "张" },
        "Work Email": { value: `p${id}@example.com` },
      },
    },
  ],
});

const clerkUser = (type: string, timestamp: number, over: object = {}) => ({
  type,
  timestamp,
  data: {
    id: "user_1",
    external_id: "10010",
    first_name: "Zoë",
    last_name: "Müller",
    banned: false,
    locked: false,
    primary_email_address_id: "e1",
    email_addresses: [{ id: "e1", email_address: "zoe@example.com", verification: { status: "verified" } }],
    ...over,
  },
});

const creates = ({ stack }: Journey) =>
  stack.sandbox?.requests.filter(({ operation }) => operation === "create-users-batch").length;

/** Sends twenty times, five at once. */
async function storm(send: () => Promise<Response>): Promise<number[]> {
  const statuses: number[] = [];
  for (let round = 0; round < 4; round += 1) {
    const answers = await Promise.all(Array.from({ length: 5 }, send));
    statuses.push(...answers.map(({ status }) => status));
  }
  return statuses;
}

describe("a delivery that is repeated twenty times", () => {
  it("by a sender without ids of deliveries creates one account, also when it is signed anew", async () => {
    const run = await journey();
    const now = Date.now();
    const statuses = await storm(() => run.send("bamboohr", employee("10010"), undefined, { now }));
    expect(statuses).toEqual(statuses.map(() => 202));
    const again = await run.send("bamboohr", employee("10010"), undefined, { now: now + 60_000 });
    expect(again.status).toBe(202);
    await run.stack.settled();
    expect(creates(run)).toBe(1);
    expect(run.stack.sandbox?.users()).toMatchObject([{ externalId: "10010" }]);
    expect(run.stack.ledger.recent(100).filter(({ outcome }) => outcome.kind === "accepted")).toHaveLength(1);
  });

  it("by a sender with signed ids creates one account, and without its id it is refused", async () => {
    const run = await journey();
    const body = clerkUser("user.created", Date.now());
    const at = { now: Date.now(), id: "msg_storm" };
    const statuses = await storm(() => run.send("clerk", body, undefined, at));
    expect(statuses.every((status) => status >= 200 && status < 300)).toBe(true);
    const nameless = await run.send(
      "clerk",
      body,
      ({ headers, body: bytes }) => ({
        headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !name.endsWith("-id"))),
        body: bytes,
      }),
      at,
    );
    expect(nameless.status).toBe(401);
    await run.stack.settled();
    expect(creates(run)).toBe(1);
    expect(run.stack.ledger.recent(100)).toMatchObject([{ outcome: { kind: "accepted" } }]);
  });
});

describe("hired, updated and terminated", () => {
  it.each([
    [1, 2, 3],
    [1, 3, 2],
    [2, 1, 3],
    [2, 3, 1],
    [3, 1, 2],
    [3, 2, 1],
  ])(
    "in the order %i, %i, %i leave no account open, and the late events record which fields were superseded",
    async (...order) => {
      const { stack, send } = await journey();
      const start = Date.now() - 60_000;
      const told = [
        clerkUser("user.created", start + 1000),
        clerkUser("user.updated", start + 2000, { first_name: "Zoé" }),
        { type: "user.deleted", timestamp: start + 3000, data: { id: "user_1", deleted: true } },
      ];
      for (const number of order) {
        await send("clerk", told[number - 1], undefined, { id: `msg_${number}` });
        await stack.settled();
      }
      expect(stack.sandbox?.users().filter(({ status }) => status === "Activated")).toEqual([]);
      const late = order.slice(order.indexOf(3) + 1);
      const records = stack.ledger.recent(3).slice(3 - late.length);
      expect(records.map(({ superseded }) => superseded?.["access"])).toEqual(late.map(() => "clerk/msg_3"));
      // The person was never at Authing, so that nothing is applied after the departure.
      const leftFirst = order[0] === 3;
      expect(stack.sandbox?.users() ?? []).toMatchObject(
        leftFirst ? [] : [{ givenName: "Zoé", status: "Resigned" }],
      );
      const outcomes = leftFirst ? records.map(({ outcome }) => outcome) : [];
      expect(outcomes).toEqual(outcomes.map(() => ({ kind: "superseded", by: "clerk/msg_3" })));
    },
  );
});

describe("Authing's key is rotated under steady traffic", () => {
  it("loses no event and reads the secret a few times only", async () => {
    const old = { accessKeyId: "63f0a1b2c3d4e5f607182930", accessKeySecret: "invented-secret" };
    const next = { ...old, accessKeySecret: "the-next-invented-secret" };
    const secrets: Record<string, SecretVersions> = {
      authing: { current: old },
      "sources/bamboohr": { current: { privateKey: "invented-private-key" } },
      "sources/clerk": { current: { signingSecret: "whsec_aW52ZW50ZWQtc2lnbmluZy1zZWNyZXQtMDAy" } },
    };
    const reads: string[] = [];
    const run = await journey({
      loadSecret: async (name) => {
        reads.push(name);
        return structuredClone(secrets[name] ?? { current: {} });
      },
    });
    const secret = secrets["sources/bamboohr"]?.current;
    const send = (id: number) => run.send("bamboohr", employee(String(id)), undefined, { secret });
    for (let id = 0; id < 10; id += 1) expect((await send(id)).status).toBe(202);
    await run.stack.settled();

    // A refused key is loaded again at most once in 5 seconds; the queue retries the events that wait for it.
    run.stack.sandbox?.setAccessKeys([next]);
    secrets["authing"] = { current: next, previous: old };
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => send(10 + index)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
    await run.stack.settled();

    expect(run.stack.sandbox?.users()).toHaveLength(30);
    expect(run.stack.ledger.recent(100).map(({ outcome }) => outcome.kind)).toEqual(
      Array.from({ length: 30 }, () => "accepted"),
    );
    expect(reads.filter((name) => name === "authing").length).toBeLessThanOrEqual(3);
    const told = run.log.join("\n") + JSON.stringify(run.stack.ledger.recent(100));
    for (const value of ["invented-secret", "the-next-invented-secret", "invented-private-key"])
      expect(told).not.toContain(value);
  });
});
