import { describe, expect, it } from "vitest";
import { secretReader } from "#lib/pipeline/secret-reader.ts";
import { outcomesKeptSeconds } from "#lib/ledger/event-record.ts";
import { accessKey } from "../delivery/world.ts";
import { openImports, type Imports } from "./imports.ts";

// Taking an import back: what it made and what is untouched since is closed; everything else stays, and is told with its reason.

const chunkSize = { rows: 100, bytes: 1_000_000 };
const lines = (rows: readonly object[]) => rows.map((each) => `${JSON.stringify(each)}\n`).join("");
const people = (count: number, prefix = "e") =>
  Array.from({ length: count }, (_, index) => ({
    externalId: `${prefix}${index}`,
    email: `${prefix}${index}@example.com`,
  }));
const authingOf = (run: Imports) =>
  run.pool.connect(secretReader(async () => ({ current: accessKey }), run.clock.now));

async function imported(
  rows: readonly object[],
  before: (run: Imports) => Promise<unknown> = async () => {},
) {
  const run = openImports({ chunkSize });
  await before(run);
  const id = run.upload("users", "people.ndjson", lines(rows));
  await run.settle();
  await run.clock.wait(60_000);
  return { run, id };
}

const userOf = (run: Imports, externalId: string) => {
  const user = run.pool.users().find((each) => each.externalId === externalId);
  if (!user) throw new Error(`there is no ${externalId}`);
  return user;
};
const statuses = (run: Imports) => run.pool.users().map(({ externalId, status }) => [externalId, status]);
const told = (rows: readonly { row: string; outcome: string; reason?: string }[]) =>
  rows.map(({ row, outcome, reason }) => [row, outcome, reason]);

describe("an import that is taken back", () => {
  it("is planned first: a preview changes nothing", async () => {
    const { run, id } = await imported(people(3));
    const before = structuredClone(run.pool.users());
    expect(told(await run.undo(id, { mode: "preview" }))).toEqual([
      ["line 1", "reversed", undefined],
      ["line 2", "reversed", undefined],
      ["line 3", "reversed", undefined],
    ]);
    expect(run.pool.users()).toEqual(before);
    expect(run.objects.get(`results/${id}/undo.json`)).toBeUndefined();
  });

  it("resigns what it made, or deletes it, and says so in undo.ndjson; again, it changes nothing", async () => {
    const { run, id } = await imported(people(3));
    await run.undo(id, {});
    expect(statuses(run)).toEqual([
      ["e0", "Resigned"],
      ["e1", "Resigned"],
      ["e2", "Resigned"],
    ]);
    const requests = run.pool.requests.filter(({ operation }) => operation === "resign-user-batch").length;
    expect(requests).toBe(3);
    expect(told(await run.undo(id, {}))).toEqual([
      ["line 1", "reversed", "account-closed"],
      ["line 2", "reversed", "account-closed"],
      ["line 3", "reversed", "account-closed"],
    ]);
    expect(run.pool.requests.filter(({ operation }) => operation === "resign-user-batch")).toHaveLength(3);
    await run.undo(id, { deletes: true });
    expect(run.pool.users()).toEqual([]);
    expect(told(await run.undo(id, { deletes: true }))).toContainEqual([
      "line 1",
      "reversed",
      "account-gone",
    ]);
    const text = (name: string) => run.objects.get(`results/${id}/${name}`)?.bytes.toString() ?? "";
    expect(text("undo.ndjson").split("\n")).toHaveLength(4);
    expect(JSON.parse(text("undo.json"))).toMatchObject({ import: id, deletes: true, reversed: 3, kept: 0 });
    expect(run.objects.keys(`results/${id}/undo/`)).toEqual([]);
  });

  it("keeps accounts that were there before, and what was touched since", async () => {
    const { run, id } = await imported(people(7), async (world) => {
      await authingOf(world).createUsersBatch({ list: [{ externalId: "e0", email: "e0@example.com" }] });
      await world.clock.wait(60_000);
    });
    const authing = authingOf(run);
    await authing.updateUser({ userId: userOf(run, "e1").userId, name: "by hand" });
    const record = {
      occurredAt: "2026-01-01T00:00:00.000Z",
      receivedAt: "2026-01-01T00:00:00.000Z",
      proof: "hmac",
    };
    const event = { ...record, source: "okta", id: "event-1", type: "moved", subject: "s", trail: {} };
    await run.ledger.settle(
      [
        {
          ...event,
          externalId: "e2",
          settledAt: new Date(run.clock.now()).toISOString(),
          changes: ["update"],
          outcome: { kind: "accepted" },
        },
      ],
      outcomesKeptSeconds,
    );
    const second = run.upload(
      "users",
      "second.ndjson",
      lines([{ externalId: "e3", email: "e3@example.com", name: "other" }]),
    );
    await run.settle();
    expect(run.results(second).accepted).toMatchObject([{ outcome: "already-done" }]);
    await authing.updateUser({ userId: userOf(run, "e4").userId, externalId: "renamed" });
    await authing.deleteUsersBatch({ userIds: [userOf(run, "e5").userId] });
    const rows = await run.undo(id, {});
    expect(told(rows)).toEqual([
      ["line 1", "kept", "account-existed"],
      ["line 2", "kept", "changed-at-authing"],
      ["line 3", "kept", "changed-by-source"],
      // A row that changed nothing touches no account.
      ["line 4", "reversed", undefined],
      ["line 5", "kept", "changed-at-authing"],
      ["line 6", "reversed", "account-gone"],
      ["line 7", "reversed", undefined],
    ]);
    expect(userOf(run, "e0").status).toBe("Activated");
    expect(userOf(run, "e3").status).toBe("Resigned");
  });

  it("keeps TOTP secrets that were imported into accounts: no call of Authing takes them back", async () => {
    const { run } = await imported(people(1));
    const otp = run.upload(
      "otp",
      "otp.ndjson",
      lines([{ externalId: "e0", secret: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" }]),
    );
    await run.settle();
    expect(told(await run.undo(otp, {}))).toEqual([["line 1", "kept", "secret-stays"]]);
    expect(userOf(run, "e0").status).toBe("Activated");
  });

  it("closes the account of a person who came with a secret, once", async () => {
    const [first] = people(1);
    const { run, id } = await imported([{ ...first, otp: { secret: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" } }]);
    expect(told(await run.undo(id, {}))).toEqual([["line 1", "reversed", undefined]]);
  });

  it("stops where the operator was not shown how many accounts it closes, or at the number that they were shown", async () => {
    const { run, id } = await imported(people(15));
    const rows = await run.undo(id, {});
    expect(rows.filter(({ outcome }) => outcome === "reversed")).toHaveLength(10);
    expect(rows.filter(({ reason }) => reason === "mass-departure")).toHaveLength(5);
    const more = await run.undo(id, { most: 2 });
    expect(more.filter(({ outcome, reason }) => outcome === "reversed" && !reason)).toHaveLength(2);
    expect(more.filter(({ outcome }) => outcome === "held")).toHaveLength(3);
  });

  it("goes on where a process died, over several pages", async () => {
    const { run, id } = await imported(people(450));
    for (const step of [3, 50, 333, 700, 1_500]) run.lives.endAt(step);
    await run.undo(id, { most: 10_000 });
    expect(run.lives.deaths).toBe(5);
    expect(new Set(statuses(run).map(([, status]) => status))).toEqual(new Set(["Resigned"]));
    const text = run.objects.get(`results/${id}/undo.ndjson`)?.bytes.toString() ?? "";
    expect(text.trimEnd().split("\n")).toHaveLength(450);
  });

  it("refuses an import that is not known, and a preview", async () => {
    const { run } = await imported(people(1));
    await expect(run.undo("nothing-000000000000", {})).rejects.toThrow("import-unknown");
    const preview = run.preview("users", "people.ndjson", lines(people(1)));
    await run.settle();
    await expect(run.undo(preview, {})).rejects.toThrow("import-unknown");
  });

  it("does nothing for an import that has brought no person", async () => {
    const { run, id } = await imported([{ externalId: "e0", email: "no address" }]);
    expect(await run.undo(id, {})).toEqual([]);
  });
});
