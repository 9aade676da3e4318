import { describe, expect, it } from "vitest";
import { eventQueue, importQueue, type QueueEntry, type SendBatch } from "#lib/aws/queue.ts";
import type { QueuedMessage } from "#lib/contract/queue.ts";

// Answers that SQS gives once in a million calls, and that moto cannot be told to give.

function messageOf(id: string, subject: string, payload: unknown = {}, source = "clerk"): QueuedMessage {
  return {
    kind: "event",
    source,
    event: { id, subject, type: "user.created", occurredAt: "2026-03-01T00:00:00.000Z", payload },
    reception: { receivedAt: "2026-03-01T00:00:00.000Z", proof: "standard-webhooks" },
  };
}

/** A queue that refuses the entries that a test chooses, and records the entries that it accepted. */
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
  it("sends a refused event again before any later event of the same person", async () => {
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
    // Group ids are visible in AWS, so they must tell nothing about a person.
    for (const group of groups.values()) expect(group).toMatch(/^[0-9a-f]{64}$/);
  });

  it("accepts the same event of one source once, and an event with the same id of another source, too", async () => {
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

  it("accepts an event again that the sender sent again or that is redriven, but a repeated call of ours only once", async () => {
    const { batches, queue } = queueThat(() => undefined);
    const first = messageOf("1", "10010");
    const reception = { receivedAt: "2026-03-01T00:00:01.000Z", proof: "standard-webhooks" };
    await queue.send([
      first,
      { ...first, reception },
      { ...first, parkedAs: { kind: "waiting", ledgerId: "1" } },
      { ...first, parkedAs: { kind: "waiting", ledgerId: "1" } },
      first,
    ]);
    const ids = batches
      .flat()
      .toSorted((one, other) => Number(one.id) - Number(other.id))
      .map(({ deduplication = "" }) => deduplication);
    expect(new Set(ids).size).toBe(4);
    expect(ids[4]).toBe(ids[0]);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{64}$/);
  });

  it("takes a thousand events of one person in a hundred calls, in their order", async () => {
    const { taken, batches, queue } = queueThat(() => undefined);
    const ids = Array.from({ length: 1_000 }, (_, index) => `e-${index}`);
    await queue.send([
      messageOf("before", "b"),
      ...ids.map((id) => messageOf(id, "a")),
      messageOf("after", "b"),
    ]);
    expect(taken.filter((id) => id.startsWith("e-"))).toEqual(ids);
    expect(taken.filter((id) => !id.startsWith("e-"))).toEqual(["before", "after"]);
    expect(batches.length).toBeLessThan(105);
  });

  it("sends again, with a new id and a new receipt, the events of one person that SQS accepted too early", async () => {
    const { taken, batches, queue } = queueThat((entry, call) =>
      call === 1 && /"e-[37]"/.test(entry.body) ? "once more" : undefined,
    );
    const ids = Array.from({ length: 25 }, (_, index) => `e-${index}`);
    await queue.send(ids.map((id) => messageOf(id, "a")));
    // The first ten, two of which were refused, then everything from the first refused one on.
    expect(taken).toEqual(["e-0", "e-1", "e-2", "e-4", "e-5", "e-6", "e-8", "e-9", ...ids.slice(3)]);
    const sent = (id: string) =>
      batches
        .flat()
        .map((entry) => ({ ...entry, message: JSON.parse(entry.body) as QueuedMessage }))
        .filter(({ message }) => message.kind === "event" && message.event.id === id);
    const [refused, refusedAgain] = sent("e-3");
    expect(refusedAgain).toEqual(refused);
    const [early, again] = sent("e-4");
    expect(again?.deduplication).not.toBe(early?.deduplication);
    expect(early?.message.reception.receivedAt).toBe("2026-03-01T00:00:00.000Z");
    expect(again?.message.reception.receivedAt).toBe("2026-03-01T00:00:00.001Z");
    expect(sent("e-2")).toHaveLength(1);
    expect(sent("e-20")).toHaveLength(1);
  });

  it("fails after four tries, so that the sender delivers again", async () => {
    const { batches, queue } = queueThat(() => "once more");
    await expect(queue.send([messageOf("a-1", "a")])).rejects.toMatchObject({ code: "unavailable" });
    expect(batches).toHaveLength(4);
  });

  it("does not retry a message that SQS can never accept", async () => {
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
      expect(batch.reduce((bytes, { body }) => bytes + Buffer.byteLength(body), 0)).toBeLessThanOrEqual(
        1_048_576,
      );
    }
  });

  it("writes nothing that SQS refuses or that UTF-8 cannot hold, and all of it can be read back", async () => {
    const { batches, queue } = queueThat(() => undefined);
    const payload = { "\uFFFE\uFFFF": "昇𠮷\uD83D\u0000é\u007F\uDC00" };
    await queue.send([messageOf("a-1", "昇𠮷", payload)]);
    const body = batches[0]?.[0]?.body ?? "";
    expect(body.isWellFormed()).toBe(true);
    // What SQS takes: #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF
    expect([...body].filter((sign) => sign < " " || sign === "\ufffe" || sign === "\uffff")).toEqual([]);
    expect(
      (JSON.parse(Buffer.from(body).toString()) as { event: { payload: unknown } }).event.payload,
    ).toEqual(payload);
  });

  it("counts bytes, not characters, where it decides what a batch holds", async () => {
    const { batches, queue } = queueThat(() => undefined);
    await queue.send(
      ["1", "2", "3"].map((subject) => messageOf(`e-${subject}`, subject, "昇".repeat(150_000))),
    );
    expect(batches.map((batch) => batch.length)).toEqual([2, 1]);
  });
});

describe("the queues of imports", () => {
  it("get each message in its own queue, in the group of its import, without the name of the file", async () => {
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
      ["https://chunks", 1],
      ["https://chunks", 0],
      ["https://finish", undefined],
    ]);
    const groups = sent.map(({ entry }) => entry.group);
    expect(groups[0]).toBe(groups[1]);
    expect(groups[2]).toBe(groups[3]);
    expect(new Set(groups).size).toBe(2);
    for (const { entry } of sent) {
      expect(entry.group).toMatch(/^[0-9a-f]{64}$/);
      // Standard queues accept no deduplication id.
      expect(entry.deduplication).toBeUndefined();
    }
  });
});
