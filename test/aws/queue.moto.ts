import { beforeEach, describe, expect, it } from "vitest";
import { eventQueue, queueReader, type EventQueuePlace } from "#lib/aws/queue.ts";
import type { QueuedMessage } from "#lib/contract/queue.ts";
import { createBucket, createQueue, receive, receiveAll } from "./resources.ts";

let place: EventQueuePlace;
beforeEach(async () => {
  place = { url: await createQueue("EventsQueue"), bucket: await createBucket() };
});

function messageOf(id: string, subject: string, payload: unknown = {}): QueuedMessage {
  return {
    kind: "event",
    source: "clerk",
    event: { id, subject, type: "user.created", occurredAt: "2026-03-01T00:00:00.000Z", payload },
    reception: { receivedAt: "2026-03-01T00:00:00.000Z", proof: "standard-webhooks" },
  };
}

describe("the queue of events on SQS", () => {
  it("keeps every message, each person's in order and in a group of their own", async () => {
    const messages = Array.from({ length: 40 }, (_, index) => messageOf(`e-${index}`, `张三-${index % 12}`));
    await eventQueue(place).send(messages);
    const received = await receiveAll(place.url);
    expect(received).toHaveLength(40);
    const groups = Map.groupBy(received, ({ group }) => group);
    expect(groups.size).toBe(12);
    const bySubject = Map.groupBy(messages, (message) => message.kind === "event" && message.event.subject);
    expect([...groups.values()].map((group) => group.map(({ body }) => body))).toEqual(
      expect.arrayContaining([...bySubject.values()]),
    );
    for (const group of groups.keys()) expect(group).toMatch(/^[0-9a-f]{64}$/);
  });

  it("returns every character that JSON can hold", async () => {
    const payload = {
      姓名: "昇𠮷 é 😀",
      halves: "\uD83D \uDE00",
      refused: "\uFFFE\uFFFF\u0000\u0008\u007F\u2028",
    };
    await eventQueue(place).send([messageOf("e-1", "1", payload)]);
    expect(await receiveAll(place.url)).toMatchObject([{ body: messageOf("e-1", "1", payload) }]);
  });

  it("drops a second copy of the same event of the same source that is sent at once", async () => {
    await eventQueue(place).send([messageOf("e-1", "1")]);
    await eventQueue(place).send([messageOf("e-1", "1"), messageOf("e-2", "1")]);
    const ids = (await receiveAll(place.url)).map(({ body }) => (body as { event: { id: string } }).event.id);
    expect(ids).toEqual(["e-1", "e-2"]);
  });

  it("accepts the same event again when it was received again, or when it was parked and is redriven", async () => {
    const first = messageOf("e-1", "1");
    const receivedAt = "2026-03-01T00:00:09.000Z";
    await eventQueue(place).send([first]);
    await eventQueue(place).send([{ ...first, reception: { receivedAt, proof: "standard-webhooks" } }]);
    await eventQueue(place).send([{ ...first, parkedAs: { kind: "waiting", ledgerId: "e-1" } }]);
    await eventQueue(place).send([{ ...first, parkedAs: { kind: "waiting", ledgerId: "e-1" } }]);
    expect(await receiveAll(place.url)).toHaveLength(4);
  });

  it("keeps the order of many events of one person", async () => {
    const messages = Array.from({ length: 120 }, (_, index) => messageOf(`e-${index}`, "1"));
    await eventQueue(place).send(messages);
    expect((await receiveAll(place.url)).map(({ body }) => body)).toEqual(messages);
  });

  it("takes messages that only fit one by one", async () => {
    const big = "x".repeat(700_000);
    await eventQueue(place).send([messageOf("e-1", "1", big), messageOf("e-2", "2", big)]);
    expect(await receiveAll(place.url)).toHaveLength(2);
  });

  it("throws, retryable, when there is no queue", async () => {
    const sent = eventQueue({ ...place, url: `${place.url}-elsewhere` }).send([messageOf("e-1", "1")]);
    await expect(sent).rejects.toMatchObject({ reason: "queue-unreachable", retryable: true });
  });

  it("stores a message that is too large for SQS in the bucket, and reads it from there", async () => {
    const small = messageOf("e-1", "1");
    // Escaped for SQS, a character of three bytes takes six.
    const large = messageOf("e-2", "2", "员".repeat(400_000));
    await eventQueue(place).send([small, large]);
    const received = await receiveAll(place.url);
    const reader = queueReader(place);
    const opened = await Promise.all(received.map(({ body }) => reader.open(JSON.stringify(body))));
    expect(opened).toEqual([small, large]);
    expect(JSON.stringify(received).length).toBeLessThan(2_000);
  });

  it("sends nothing when a message that is too large cannot be stored in the bucket", async () => {
    const large = messageOf("e-2", "2", "员".repeat(400_000));
    const sent = eventQueue({ ...place, bucket: `${place.bucket}-elsewhere` }).send([
      messageOf("e-1", "1"),
      large,
    ]);
    await expect(sent).rejects.toMatchObject({ reason: "bucket-unreachable", retryable: true });
    expect(await receiveAll(place.url)).toEqual([]);
  });

  it("reports that a message which was stored in the bucket cannot be read now", async () => {
    const opened = queueReader(place).open('{"kind":"stored","key":"waiting/clerk/gone.json"}');
    await expect(opened).rejects.toMatchObject({ reason: "stored-message-unreadable", retryable: true });
  });

  it("hides a message that is handed back for the given time", async () => {
    await eventQueue(place).send([messageOf("e-1", "1")]);
    const [first] = await receive(place.url);
    const hidden = { receiptHandle: first?.ReceiptHandle ?? "" };
    await queueReader(place).postpone([{ ...hidden, seconds: 300 }]);
    expect(await receive(place.url)).toEqual([]);
    await queueReader(place).postpone([{ ...hidden, seconds: 0 }]);
    expect(await receive(place.url)).toMatchObject([{ MessageId: first?.MessageId }]);
  });
});
