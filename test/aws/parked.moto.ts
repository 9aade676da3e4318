import { beforeEach, describe, expect, it } from "vitest";
import { parkedObjects } from "#lib/aws/parked.ts";
import type { ParkedMessage } from "#lib/contract/parked.ts";
import { parkedSuite } from "../contract/parked.ts";
import {
  createBucket,
  createLedgerTable,
  deleteItem,
  deleteObject,
  itemsOf,
  keysOf,
  putItem,
} from "./resources.ts";

const newPlace = async () => ({ bucket: await createBucket(), table: await createLedgerTable() });

parkedSuite("in S3", async () => parkedObjects(await newPlace()));

describe("parked messages in S3", () => {
  let place: Awaited<ReturnType<typeof newPlace>>;
  beforeEach(async () => {
    place = await newPlace();
  });
  const start = Date.UTC(2026, 2, 1);
  const waiting = (id: string, dueAt = start): ParkedMessage => ({
    kind: "waiting",
    message: {
      kind: "unreadable",
      source: "okta",
      id,
      reason: "body-not-json",
      delivery: { method: "POST", rawQuery: "", headers: {}, payload: "" },
      reception: { receivedAt: "2026-03-01T00:00:01.000Z", proof: "hmac-sha256" },
    },
    ledgerId: id,
    reason: "user-unknown",
    attempts: 1,
    since: "2026-03-01T00:00:01.000Z",
    dueAt: new Date(dueAt).toISOString(),
  });
  const entries = async () => (await itemsOf(place.table)).map(({ sk }) => sk?.S ?? "");

  it("each have an entry in the due index, which holds only a time and a key", async () => {
    await parkedObjects(place).keep(waiting("e-1"));
    await parkedObjects(place).keep({ ...waiting("e-2"), kind: "dead" });
    const [key = ""] = await keysOf(place.bucket, "parked/waiting/");
    expect(key).toMatch(/^parked\/waiting\/okta\/[0-9a-f]{64}\.json$/);
    expect(await itemsOf(place.table)).toEqual([
      {
        pk: { S: expect.stringMatching(/^due#[0-7]$/) as string },
        sk: { S: `${String(start).padStart(15, "0")}#${key}` },
      },
    ]);
  });

  it("have no outdated entry left once its time has come", async () => {
    const parked = parkedObjects(place);
    await parked.keep(waiting("moved"));
    await parked.keep(waiting("moved", start + 1000));
    await parked.keep(waiting("gone"));
    await parked.remove(waiting("gone"));
    expect(await parked.due(start, 100)).toEqual([]);
    expect(await entries()).toEqual([expect.stringContaining(String(start + 1000))]);
    await parked.keep({ ...waiting("moved"), dueAt: new Date(start + 5000).toISOString() });
    const [given] = await parked.due(start + 5000, 100);
    await parked.keep({ ...(given ?? waiting("moved")), dueAt: new Date(start + 9000).toISOString() });
    expect(await entries()).toEqual([expect.stringContaining(String(start + 9000))]);
  });

  it("whose worker ended before it wrote the new entry are still due at their own time", async () => {
    const parked = parkedObjects(place);
    await parked.keep(waiting("e-1", start + 9000));
    // The object after only the first of the two writes.
    const before = await itemsOf(place.table);
    await parked.keep(waiting("e-1", start + 99_000));
    await restore(before);
    expect(await parked.due(start + 9000, 100)).toEqual([]);
    expect(await parked.due(start + 99_000, 100)).toHaveLength(1);
  });

  it("whose object was deleted by other means are not due any more", async () => {
    const parked = parkedObjects(place);
    await parked.keep(waiting("e-1"));
    for (const key of await keysOf(place.bucket, "parked/")) await deleteObject(place.bucket, key);
    expect(await parked.due(start, 100)).toEqual([]);
    expect(await entries()).toEqual([]);
  });

  it("say that they are misconfigured where there is no bucket or no table", async () => {
    const reason = { code: "misconfigured", retryable: true };
    await expect(
      parkedObjects({ ...place, bucket: "no-such-bucket-x" }).keep(waiting("e")),
    ).rejects.toMatchObject(reason);
    await expect(
      parkedObjects({ ...place, table: "no-such-table" }).keep(waiting("e")),
    ).rejects.toMatchObject(reason);
  });

  async function restore(items: Awaited<ReturnType<typeof itemsOf>>): Promise<void> {
    for (const item of await itemsOf(place.table)) await deleteItem(place.table, item);
    for (const item of items) await putItem(place.table, item);
  }
});
