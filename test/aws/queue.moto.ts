import { beforeEach, describe, expect, it } from "vitest";
import { eventQueue } from "#lib/aws/queue.ts";
import type { QueuedMessage } from "#lib/pipeline/ports.ts";
import { createQueue, receiveAll } from "./resources.ts";

let url = "";
beforeEach(async () => {
  url = await createQueue("EventsQueue");
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
    await eventQueue(url).send(messages);
    const received = await receiveAll(url);
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
    await eventQueue(url).send([messageOf("e-1", "1", payload)]);
    expect(await receiveAll(url)).toMatchObject([{ body: messageOf("e-1", "1", payload) }]);
  });

  it("drops the same event of the same source when it comes again at once", async () => {
    await eventQueue(url).send([messageOf("e-1", "1")]);
    await eventQueue(url).send([messageOf("e-1", "1"), messageOf("e-2", "1")]);
    const ids = (await receiveAll(url)).map(({ body }) => (body as { event: { id: string } }).event.id);
    expect(ids).toEqual(["e-1", "e-2"]);
  });

  it("takes messages that only fit one by one", async () => {
    const big = "x".repeat(700_000);
    await eventQueue(url).send([messageOf("e-1", "1", big), messageOf("e-2", "2", big)]);
    expect(await receiveAll(url)).toHaveLength(2);
  });

  it("throws, retryable, when there is no queue", async () => {
    const sent = eventQueue(`${url}-elsewhere`).send([messageOf("e-1", "1")]);
    await expect(sent).rejects.toMatchObject({ reason: "queue-unreachable", retryable: true });
  });
});
