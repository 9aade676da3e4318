import { describe, expect, it } from "vitest";
import { secretReader } from "#lib/pipeline/secret-reader.ts";
import * as fc from "../properties.ts";
import { accessKey } from "../delivery/world.ts";
import { openImports, type Imports } from "./imports.ts";

// What a preview foretells is what the import does that carries it out, over random files: duplicates near and far from each other,
// conflicts, accounts that exist as the file says, otherwise or closed, bad rows, and secrets.

/** Few values, so that rows meet each other and the accounts that exist. */
const index = fc.integer({ min: 0, max: 9 });
const orNone = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined, freq: 2 });
const person = fc.record({
  externalId: orNone(index.map((each) => `e${each}`)),
  email: orNone(index.map((each) => (each % 2 === 0 ? `p${each}@example.com` : `P${each}@Example.com`))),
  phone: orNone(index.map((each) => (each > 7 ? `+1 415555267${each}` : `1380013800${each}`))),
  username: orNone(index.map((each) => `u${each}`)),
  name: orNone(fc.constantFrom("张三", "Zoë")),
  status: orNone(fc.constantFrom("Activated", "Suspended")),
});
const secret = fc.constantFrom("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "JBSWY3DPEHPK3PXPJBSWY3DP", "no secret");
const row = fc.oneof(
  { arbitrary: person, weight: 8 },
  { arbitrary: fc.tuple(person, secret).map(([who, otp]) => ({ ...who, otp: { secret: otp } })), weight: 2 },
  { arbitrary: person.map((who) => ({ ...who, email: "no address" })), weight: 1 },
);
const file = fc.array(row, { minLength: 1, maxLength: 40 });
/** An account that exists before. */
const account = fc.record({ person, isClosed: fc.boolean() });

/** Makes accounts at Authing, by hand. Those that cannot be made are left out. */
async function prepare(
  run: Imports,
  accounts: readonly (typeof account extends fc.Arbitrary<infer Each> ? Each : never)[],
) {
  const authing = run.pool.connect(secretReader(async () => ({ current: accessKey }), run.clock.now));
  for (const { person: who, isClosed } of accounts) {
    const list = [JSON.parse(JSON.stringify({ ...who, ...phoneOf(who.phone) }))];
    const made = await authing.createUsersBatch({ list });
    const userId = made.ok ? made.data[0]?.userId : undefined;
    if (isClosed && userId !== undefined) await authing.resignUserBatch({ userIds: [userId] });
  }
  await run.clock.wait(60_000);
}

const phoneOf = (phone: string | undefined) =>
  phone?.startsWith("+1 ") ? { phone: phone.slice(3), phoneCountryCode: "+1" } : {};

const lines = (rows: readonly object[]) => rows.map((each) => `${JSON.stringify(each)}\n`).join("");

/** Everything that counts of a summary. */
const told = (run: Imports, id: string) => {
  const { rows, people, secrets, reasons, notes, skipped } = run.results(id).summary;
  // Which of several fields a conflict names is up to Authing.
  const codes = Object.entries(reasons).flatMap(([reason, count]) =>
    Array.from({ length: count }, () => reason.replace(/^\w+: conflict$/, "conflict")),
  );
  return { rows, people, secrets, codes: codes.toSorted(), notes, skipped };
};

describe("a preview", () => {
  const people = Array.from({ length: 100 }, (_, each) => ({
    externalId: `e${each}`,
    email: `p${each}@example.com`,
    phone: `138001380${String(each).padStart(2, "0")}`,
    username: `u${each}`,
  }));

  it("asks Authing about fifty people at a call", async () => {
    const run = openImports({ chunkSize: { rows: 1_000, bytes: 1_000_000 } });
    run.preview("users", "people.ndjson", lines(people));
    await run.settle();
    const asked = run.pool.requests.map(({ operation }) => operation);
    expect(new Set(asked)).toEqual(new Set(["get-user-batch"]));
    // By each of four identifiers, and once more by the number with its country's code.
    expect(asked).toHaveLength(2 * 5);
  });

  it("calls no more often than the configuration allows", async () => {
    const callsPerSecond = 2;
    const run = openImports({ chunkSize: { rows: 1_000, bytes: 1_000_000 }, callsPerSecond });
    const start = run.clock.now();
    run.preview("users", "people.ndjson", lines(people));
    await run.settle();
    const seconds = (run.clock.now() - start) / 1000;
    expect(run.pool.requests).toHaveLength(10);
    expect(seconds).toBeGreaterThan((run.pool.requests.length - 1) / callsPerSecond);
  });

  it("asks about fifty people at a call, too, whose accounts exist and would change", async () => {
    const run = openImports({ chunkSize: { rows: 1_000, bytes: 1_000_000 }, existing: "update" });
    await prepare(
      run,
      people.map((each) => ({ person: { ...each, name: "张三", status: undefined }, isClosed: false })),
    );
    const before = run.pool.requests.length;
    const changed = people.map((each) => ({ ...each, name: "Zoë" }));
    const id = run.preview("users", "people.ndjson", lines(changed));
    await run.settle();
    expect(run.results(id).summary.people).toMatchObject({ updated: 100 });
    const asked = run.pool.requests.slice(before).map(({ operation }) => operation);
    expect(new Set(asked)).toEqual(new Set(["get-user-batch"]));
    // Of each group, who is there (once) and what the file says of them; then the accounts as they are, and who has their identifiers.
    expect(asked.length).toBeLessThanOrEqual(2 * 8);
  });
});

describe.each(["keep", "update"] as const)("a preview, with existing accounts to %s,", (existing) => {
  it("foretells what its import does with a file of people", async () => {
    await fc.assert(
      fc.asyncProperty(
        file,
        fc.array(account, { maxLength: 6 }),
        fc.array(person, { maxLength: 6 }),
        fc.constantFrom("users", "users/okta", "users/bamboohr"),
        fc.integer({ min: 1, max: 15 }),
        async (rows, accounts, others, folder, rowsOfChunk) => {
          const run = openImports({ chunkSize: { rows: rowsOfChunk, bytes: 1_000_000 }, existing });
          await prepare(run, accounts);
          if (others.length > 0) run.upload("users/okta", "others.ndjson", lines(others));
          await run.settle();
          await run.clock.wait(60_000);
          const before = structuredClone(run.pool.users());
          const preview = run.preview(folder, "people.ndjson", lines(rows));
          await run.settle();
          expect(run.pool.users()).toEqual(before);
          const id = run.apply(preview);
          await run.settle();
          expect(told(run, id)).toEqual(told(run, preview));
          expect(run.results(id).summary.differsFromPreview).toBeUndefined();
          expect(run.results(preview).accepted.map(({ row: place, outcome }) => [place, outcome])).toEqual(
            run.results(id).accepted.map(({ row: place, outcome }) => [place, outcome]),
          );
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe("a preview", () => {
  it("foretells what its import does with a file of TOTP secrets", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(person, secret), { minLength: 1, maxLength: 20 }),
        fc.array(account, { maxLength: 6 }),
        async (rows, accounts) => {
          const run = openImports({ chunkSize: { rows: 7, bytes: 1_000_000 } });
          await prepare(run, accounts);
          const text = lines(
            rows.map(([{ externalId, email, phone, username }, each]) => ({
              externalId,
              email,
              phone,
              username,
              secret: each,
            })),
          );
          const preview = run.preview("otp", "otp.ndjson", text);
          await run.settle();
          expect(run.pool.users().flatMap(({ userId }) => run.pool.otpOf(userId) ?? [])).toEqual([]);
          const id = run.apply(preview);
          await run.settle();
          expect(told(run, id)).toEqual(told(run, preview));
        },
      ),
      { numRuns: 50 },
    );
  });

  it("says what came otherwise when accounts have changed in between", async () => {
    const run = openImports({ chunkSize: { rows: 10, bytes: 1_000_000 } });
    const rows = [0, 1, 2].map((each) => ({ externalId: `e${each}`, email: `p${each}@example.com` }));
    const preview = run.preview("users", "people.ndjson", lines(rows));
    await run.settle();
    await prepare(run, [
      { person: { ...blank, externalId: "other", email: "p1@example.com" }, isClosed: false },
    ]);
    const id = run.apply(preview);
    await run.settle();
    expect(run.results(id).summary.differsFromPreview).toEqual({
      counts: {
        "people.accepted": { foretold: 3, became: 2 },
        "people.rejected": { foretold: 0, became: 1 },
      },
      reasons: { conflict: { foretold: 0, became: 1 } },
      why: "authing-changed-since-preview",
    });
    expect(run.pool.users().map(({ externalId }) => externalId)).toEqual(["other", "e0", "e2"]);
  });

  it("shows the first rows before and after, without passwords and secrets", async () => {
    const run = openImports({ chunkSize: { rows: 2, bytes: 1_000_000 }, existing: "update" });
    await prepare(run, [
      { person: { ...blank, externalId: "e1", email: "p1@example.com", name: "张三" }, isClosed: false },
    ]);
    const rows = [
      { externalId: "e0", email: "p0@example.com", name: "Zoë", password: "pass-word-0" },
      { externalId: "e1", email: "p1@example.com", name: "李四" },
      { externalId: "e2", email: "no address" },
    ];
    const preview = run.preview("users", "people.ndjson", lines(rows));
    await run.settle();
    const sample = run.objects.get(`results/${preview}/sample.json`)?.bytes.toString() ?? "";
    expect(sample).not.toContain("pass-word");
    expect(JSON.parse(sample)).toEqual([
      {
        row: "line 1",
        kind: "person",
        outcome: "accepted",
        after: { externalId: "e0", email: "p0@example.com", name: "Zoë", status: "Activated" },
      },
      {
        row: "line 2",
        kind: "person",
        outcome: "accepted",
        reason: "updated",
        before: { externalId: "e1", email: "p1@example.com", name: "张三", status: "Activated" },
        after: { externalId: "e1", email: "p1@example.com", name: "李四", status: "Activated" },
      },
    ]);
  });
});

const blank = {
  externalId: undefined,
  email: undefined,
  phone: undefined,
  username: undefined,
  name: undefined,
  status: undefined,
};
