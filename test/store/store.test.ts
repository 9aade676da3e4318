import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openDatabase } from "#infra/store/database.ts";
import { openStore } from "#infra/store/store.ts";
import { recordAt } from "../contract/ledger-records.ts";
import { newFolder } from "./files.ts";

const open = (folder: string) => openStore(folder, { callSeconds: 10 });
const key = { source: "bamboohr", id: "e-1" };
const day = 86_400_000;

describe("a store in a folder", () => {
  it("remembers what it was told after it was closed", async () => {
    const folder = newFolder();
    const first = await open(folder);
    const record = recordAt(Date.now());
    await first.ledger.settle([record], 3600);
    first.objects.put("results/1/summary.json", Buffer.from("{}"), "application/json");
    await first.enrolments.keep({ source: "okta", receivedAt: "2026-03-01T00:00:00.000Z", fields: {} });
    first.close();
    const second = await open(folder);
    expect(await second.ledger.event(key)).toEqual(record);
    expect(second.objects.keys("")).toEqual(["results/1/summary.json"]);
    expect(second.enrolments.get("okta")).toBeDefined();
    second.close();
  });

  it("is for its owner alone", async () => {
    const folder = newFolder();
    const store = await open(folder);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    store.close();
  });

  it("is for one process at a time", async () => {
    const folder = newFolder();
    const store = await open(folder);
    await expect(open(folder)).rejects.toMatchObject({
      code: "misconfigured",
      reason: "store-in-use",
      path: folder,
    });
    store.close();
    (await open(folder)).close();
  });

  it("that a newer version has written is refused", async () => {
    const folder = newFolder();
    const database = openDatabase(folder);
    database.exec("PRAGMA user_version = 99");
    database.close();
    await expect(open(folder)).rejects.toMatchObject({ reason: "store-newer" });
  });

  it("that is no database is refused, and stays as it is", async () => {
    const folder = newFolder();
    (await open(folder)).close();
    writeFileSync(
      join(folder, "store.db"),
      "this is no database, and it is longer than a header".repeat(100),
    );
    await expect(open(folder)).rejects.toMatchObject({ reason: "store-unreachable" });
  });

  it("belongs to the Authing whose accounts it knows", async () => {
    const store = await open(newFolder());
    store.belongTo("https://one.example.com");
    store.belongTo("https://one.example.com");
    expect(() => store.belongTo("https://two.example.com")).toThrow(/store-of-another-authing/);
    store.close();
  });

  it("ends the leases of the process before it, once its calls of Authing are over", async () => {
    const folder = newFolder();
    const first = await open(folder);
    await first.ledger.claim(key, { owner: "before", leaseSeconds: 900 });
    first.close();
    const second = await open(folder);
    expect(await second.ledger.claim(key, { owner: "after", leaseSeconds: 900 })).toEqual({ state: "busy" });
    second.close();
    const third = await openStore(folder, { callSeconds: 0 });
    expect(await third.ledger.claim(key, { owner: "after", leaseSeconds: 900 })).toMatchObject({
      state: "claimed",
    });
    third.close();
  });
});

describe("what has expired", () => {
  it("is deleted, and nothing else", async () => {
    const store = await open(newFolder());
    const { database, ledger, objects, parked } = store;
    const parkedOf = (kind: "rejected" | "dead") => ({
      kind,
      message: {
        kind: "unreadable" as const,
        source: "okta",
        id: kind,
        reason: "body-not-json",
        delivery: { method: "POST", rawQuery: "", headers: {}, payload: "" },
        reception: { receivedAt: "2026-03-01T00:00:00.000Z", proof: "none" },
      },
      ledgerId: kind,
      reason: "conflict",
      attempts: 1,
      since: "2026-03-01T00:00:00.000Z",
    });
    await ledger.settle([recordAt(Date.now())], 0);
    await ledger.settle([recordAt(Date.now(), { id: "e-2" })], 3600);
    for (const kind of ["rejected", "dead"] as const) await parked.keep(parkedOf(kind));
    for (const name of [
      "incoming/otp/1.csv",
      "incoming/users/1.csv",
      "plan/otp/1.csv",
      "rows/otp/1.ndjson",
      "rows/users/1.ndjson",
      "results/1/summary.json",
    ]) {
      objects.put(name, Buffer.from("one"), "text/csv");
    }
    database.run("UPDATE objects SET written_at = written_at - ?", 40 * day);
    database.run("UPDATE parked SET kept_at = kept_at - ?", 40 * day);
    objects.put("results/2/progress.json", Buffer.from("one"), "application/json");
    objects.put("results/2/progress.json", Buffer.from("two"), "application/json");
    database.run("UPDATE objects SET replaced_at = replaced_at - ?", 2 * day);
    await store.sweep({ keepResultsDays: 90, uploads: { keepFiles: false } });
    expect(ledger.recent(10).map(({ id }) => id)).toEqual(["e-2"]);
    expect((await parked.list({ kinds: ["dead", "rejected"] }, 10)).messages).toMatchObject([
      { kind: "dead" },
    ]);
    expect(objects.keys("")).toEqual([
      "incoming/users/1.csv",
      "results/1/summary.json",
      "results/2/progress.json",
    ]);
    expect(database.one("SELECT count(*) AS count FROM objects")).toMatchObject({ count: 3 });
    expect(database.one("SELECT count(*) AS count FROM object_parts")).toMatchObject({ count: 3 });

    await store.sweep({ keepResultsDays: 30, uploads: { keepFiles: true } });
    expect(objects.keys("")).toEqual(["incoming/users/1.csv", "results/2/progress.json"]);
    await store.sweep({ keepResultsDays: 30, uploads: { keepFiles: false } });
    expect(objects.keys("")).toEqual(["results/2/progress.json"]);
    store.close();
  });
});
