import { describe, expect, it } from "vitest";
import { openDatabase, temporaryDatabase } from "#infra/store/database.ts";
import { storeLedger } from "#infra/store/ledger.ts";
import { rememberRecent } from "#infra/store/recent.ts";
import { openStore } from "#infra/store/store.ts";
import type { Log } from "#lib/contract/log.ts";
import { recentMessages } from "#lib/contract/recent.ts";
import { recordAt } from "../contract/ledger-records.ts";
import { cpuMilliseconds } from "../cpu-time.ts";
import { newFolder } from "./files.ts";

const hour = 3_600_000;
const silent: Log = { info() {}, warn() {}, error() {} };
const retention = { keepResultsDays: 90, uploads: { keepFiles: false } };

describe("what one machine knows of late", () => {
  it("is read at a cost that does not grow with what happened before", async () => {
    const now = Date.now();
    const afterEvents = async (count: number) => {
      const database = temporaryDatabase();
      const at = (index: number) => now - count + index;
      const events = Array.from({ length: count }, (_, index) => recordAt(at(index), { id: `e-${index}` }));
      const rows = Array.from({ length: count }, (_, index) =>
        recordAt(at(index), { source: "uploads", id: `people.csv-0123456789ab/line ${index}` }),
      );
      await storeLedger(database).settle([...events, ...rows], 3600);
      const { recent } = rememberRecent(silent, database);
      const asked = { since: now - 1, limit: 1000, deadline: Infinity };
      expect((await recent.list({ ...asked, since: now - hour })).events).toHaveLength(1000);
      expect((await recent.list(asked)).events.map(({ id }) => id)).toEqual([`e-${count - 1}`]);
      // SQLite works before `list` gives its promise.
      return () => Array.from({ length: 100 }, () => void recent.list(asked));
    };
    const least = (list: () => unknown) => Math.min(...[1, 2, 3].map(() => cpuMilliseconds(list)));
    const [few, many] = [least(await afterEvents(1_000)), least(await afterEvents(16_000))];
    // Sixteen times as much where all events are read.
    expect(many).toBeLessThan(4 * Math.max(few, 5));
  });

  it("has no event twice that was decided anew", async () => {
    const database = temporaryDatabase();
    const ledger = storeLedger(database);
    const now = Date.now();
    await ledger.settle(
      [recordAt(now - 2000, { outcome: { kind: "dead", reason: "translation-failed" } })],
      3600,
    );
    await ledger.reopen({ source: "bamboohr", id: "e-1" });
    const { recent } = rememberRecent(silent, database);
    const list = () => recent.list({ since: now - hour, limit: 10, deadline: Infinity });
    expect((await list()).events).toEqual([]);
    await ledger.settle([recordAt(now - 1000)], 3600);
    expect((await list()).events).toMatchObject([{ id: "e-1", outcome: "accepted" }]);
  });

  it("counts deliveries over a restart, for a day; of a silent source the last one stays", async () => {
    const folder = newFolder();
    const [now, open] = [Date.now(), () => openStore(folder, { callSeconds: 10 })];
    const first = await open();
    let time = now - 80 * hour;
    const before = rememberRecent(silent, first.database, () => time);
    const delivered = (source: string) => before.log.info(recentMessages.delivered, { source, events: 1 });
    delivered("clerk");
    time += 1000;
    delivered("clerk");
    delivered("okta");
    time = now - 25 * hour;
    delivered("okta");
    time = now - hour;
    for (let times = 0; times < 1500; times += 1) delivered("okta");
    before.recent.count();
    await first.sweep(retention);
    expect(first.database.all("SELECT source FROM deliveries")).toHaveLength(3);
    first.close();

    const second = await open();
    const { recent } = rememberRecent(silent, second.database);
    const moment = (at: number) => new Date(Math.floor(at / 1000) * 1000).toISOString();
    expect(await recent.heard(["okta", "clerk", "wecom"], now)).toEqual(
      new Map([
        ["clerk", { lastAt: moment(now - 80 * hour + 1000), deliveries24h: 0 }],
        ["okta", { lastAt: moment(now - hour), deliveries24h: 1500 }],
      ]),
    );
    const list = (hours: number) => recent.list({ since: now - hours * hour, limit: 10, deadline: Infinity });
    const deliveries = [{ source: "okta", accepted: 1500, lastAt: moment(now - hour) }];
    expect(await list(2)).toEqual({ events: [], deliveries, isComplete: true });
    expect(await list(48)).toMatchObject({ isComplete: false });
    second.close();
  });

  it("is no reason to refuse a delivery: one that cannot be counted is logged", () => {
    const database = temporaryDatabase();
    const told: unknown[] = [];
    const warning: Log = { ...silent, warn: (...line) => void told.push(line) };
    const { log, recent } = rememberRecent(warning, database);
    database.exec("DROP TABLE deliveries");
    log.info(recentMessages.delivered, { source: "okta", events: 1 });
    recent.count();
    expect(told).toEqual([["deliveries not counted", { reason: "Error" }]]);
  });

  it("is there in a store that the version before has written", async () => {
    const folder = newFolder();
    const database = openDatabase(folder);
    await storeLedger(database).settle([recordAt(Date.now() - 1000)], 3600);
    database.exec(
      "DROP TABLE deliveries; DROP INDEX events_by_time; DROP INDEX parked_by_kind; ALTER TABLE events DROP COLUMN begun; PRAGMA user_version = 1",
    );
    database.close();
    const { recent } = rememberRecent(silent, openDatabase(folder));
    const { events } = await recent.list({ since: 0, limit: 10, deadline: Infinity });
    expect(events).toMatchObject([{ id: "e-1", externalId: "10010", type: "employee.created" }]);
  });
});
