import { describe, expect, it } from "vitest";
import { eventQueue, importQueue, type QueueEntry, type SendBatch } from "#lib/aws/queue.ts";
import type { QueuedMessage } from "#lib/contract/queue.ts";

// What SQS does once in a million calls, and no server of ours can be asked to do.

function messageOf(id: string, subject: string, payload: unknown = {}, source = "clerk"): QueuedMessage {
  return {
    kind: "event",
    source,
    event: { id, subject, type: "user.created", occurredAt: "2026-03-01T00:00:00.000Z", payload },
    reception: { receivedAt: "2026-03-01T00:00:00.000Z", proof: "standard-webhooks" },
  };
}

/** A queue that refuses what it is told to, and remembers what it took. */
function queueThat(refuses: (entry: QueueEntry, call: number) => "once more" | "never" | undefined) {
  const taken: string[] = [];
  const batches: QueueEntry[][] = [];
  const sendBatch: SendBatch = async (_url, entries) => {
    batches.push([...entries]);
    return entries.flatMap((entry) => {
      const refusal = refuses(entry, batches.length);
      if (!refusal) taken.push((JSON.parse(entry.body) as { event: { id: string } }).event.id);
      return refusal ? [{ id: entry.id, ours: refusal === "never" }] : [];
    });
  };
  return {
    taken,
    batches,
    queue: eventQueue({ url: "https://queue.example/events.fifo", bucket: "uploads" }, sendBatch),
  };
}

describe("the queue of events", () => {
  it("sends again what was refused, before anything later of the same person", async () => {
    const { taken, queue } = queueThat((entry, call) =>
      call < 3 && entry.body.includes('"a-1"') ? "once more" : undefined,
    );
    await queue.send([
      messageOf("a-1", "a"),
      messageOf("b-1", "b"),
      messageOf("a-2", "a"),
      messageOf("b-2", "b"),
    ]);
    expect(taken.toSorted()).toEqual(["a-1", "a-2", "b-1", "b-2"]);
    expect(taken.indexOf("a-1")).toBeLessThan(taken.indexOf("a-2"));
    expect(taken.indexOf("b-1")).toBeLessThan(taken.indexOf("b-2"));
  });

  it("keeps the order of a person of a source, not of two sources' persons with the same id", async () => {
    const { batches, queue } = queueThat(() => undefined);
    await queue.send([
      messageOf("1", "10010", {}, "clerk"),
      messageOf("2", "10010", {}, "okta"),
      messageOf("3", "10010", {}, "clerk"),
      messageOf("4", "10011", {}, "clerk"),
    ]);
    const groups = new Map(
      batches
        .flat()
        .map(({ body, group }) => [(JSON.parse(body) as { event: { id: string } }).event.id, group]),
    );
    expect(groups.get("3")).toBe(groups.get("1"));
    expect(new Set(groups.values()).size).toBe(3);
    // Group ids can be read in AWS: they say nothing about a person.
    for (const group of groups.values()) expect(group).toMatch(/^[0-9a-f]{64}$/);
  });

  it("takes the same event of one source once, and that of another source beside it", async () => {
    const { batches, queue } = queueThat(() => undefined);
    await queue.send([
      messageOf("1", "10010", {}, "clerk"),
      messageOf("1", "10010", {}, "okta"),
      messageOf("1", "10010", {}, "clerk"),
    ]);
    const [clerk, okta, clerkAgain] = batches
      .flat()
      .toSorted((one, other) => Number(one.id) - Number(other.id))
      .map(({ deduplication }) => deduplication);
    expect(clerkAgain).toBe(clerk);
    expect(okta).not.toBe(clerk);
  });

  it("gives up after four tries, so that the sender comes again", async () => {
    const { batches, queue } = queueThat(() => "once more");
    await expect(queue.send([messageOf("a-1", "a")])).rejects.toMatchObject({ code: "unavailable" });
    expect(batches).toHaveLength(4);
  });

  it("does not try again what can never be taken", async () => {
    const { batches, queue } = queueThat(() => "never");
    await expect(queue.send([messageOf("a-1", "a")])).rejects.toMatchObject({ code: "misconfigured" });
    expect(batches).toHaveLength(1);
  });

  it("keeps batches within ten messages and 1 MiB", async () => {
    const { taken, batches, queue } = queueThat(() => undefined);
    const messages = Array.from({ length: 60 }, (_, index) =>
      messageOf(`e-${index}`, String(index), "x".repeat(index < 30 ? 10 : 300_000)),
    );
    await queue.send(messages);
    expect(taken).toHaveLength(60);
    for (const batch of batches) {
      expect(batch.length).toBeLessThanOrEqual(10);
      expect(batch.reduce((bytes, { body }) => bytes + body.length, 0)).toBeLessThanOrEqual(1_048_576);
    }
  });

  it("writes nothing but printable ASCII", async () => {
    const { batches, queue } = queueThat(() => undefined);
    await queue.send([messageOf("a-1", "昇𠮷", { "\uFFFE": "\uD83D\u0000é\u007F" })]);
    expect(batches[0]?.[0]?.body).toMatch(/^[ -~]+$/);
  });
});

describe("the queues of imports", () => {
  it("take each message where it belongs, in the group of its import, without its name", async () => {
    const sent: { url: string; entry: QueueEntry }[] = [];
    const queue = importQueue(
      { chunks: "https://chunks", finish: "https://finish" },
      async (url, entries) => {
        sent.push(...entries.map((entry) => ({ url, entry })));
        return [];
      },
    );
    const chunk = (id: string, number: number) =>
      ({ kind: "chunk", bucket: "uploads", import: id, chunk: number }) as const;
    await queue.send([
      chunk("名单.csv-1", 0),
      chunk("名单.csv-1", 1),
      chunk("b.csv-2", 0),
      { kind: "finish", bucket: "uploads", import: "b.csv-2" },
    ]);
    expect(sent.map(({ url, entry }) => [url, JSON.parse(entry.body).chunk])).toEqual([
      ["https://chunks", 0],
      ["https://chunks", 0],
      ["https://chunks", 1],
      ["https://finish", undefined],
    ]);
    const groups = sent.map(({ entry }) => entry.group);
    expect(groups[0]).toBe(groups[2]);
    expect(groups[1]).toBe(groups[3]);
    expect(new Set(groups).size).toBe(2);
    for (const { entry } of sent) {
      expect(entry.group).toMatch(/^[0-9a-f]{64}$/);
      // Standard queues take none.
      expect(entry.deduplication).toBeUndefined();
      expect(entry.body).toMatch(/^[ -~]+$/);
    }
  });
});
