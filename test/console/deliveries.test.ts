import { expect, it } from "vitest";
import type { QueuedMessage } from "#lib/contract/queue.ts";
import { refusalMessage } from "#lib/contract/refusals.ts";
import { deliveryHeader, localDeliveries } from "#infra/local/deliveries.ts";
import type { LocalRequest } from "#infra/local/server.ts";

const log = { info() {}, warn() {}, error() {} };
const message = (id: string): QueuedMessage => ({
  kind: "event",
  source: "acme",
  event: { id, type: "joined", subject: id, occurredAt: "2026-03-01T12:00:00.000Z", payload: {} },
  reception: { receivedAt: "2026-03-01T12:00:00.000Z", proof: "invented" },
});
const request = (bytes: number): LocalRequest => ({
  method: "POST",
  url: new URL("http://localhost/webhooks/acme"),
  headers: {},
  body: Buffer.alloc(bytes),
});

function open({ keepsWhole = true, known = [] as readonly string[] } = {}) {
  const queued: string[] = [];
  const deliveries = localDeliveries({
    ledger: { event: async ({ id }) => (known.includes(id) ? ({} as never) : undefined) },
    queue: {
      async send(messages) {
        for (const each of messages) if (each.kind === "event") queued.push(each.event.id);
      },
    },
    log,
    keepsWhole,
  });
  /** Has a delivery of these events received; resolves to its id. */
  async function receive(bytes: number, ...ids: readonly string[]): Promise<string> {
    const answer = await deliveries.receive("acme", request(bytes), async ({ events }) => {
      if (ids.length > 0) await events.send(ids.map(message));
      return { status: 202 };
    });
    return answer.headers?.[deliveryHeader] ?? "";
  }
  return { deliveries, receive, queued };
}

it("remembers the latest thousand deliveries, and the events of these", async () => {
  const { deliveries, receive, queued } = open();
  const first = await receive(1, "e0");
  for (let number = 1; number < 1000; number += 1) await receive(1, `e${number}`);
  expect(deliveries.find(first)?.events).toMatchObject([{ id: "e0", isRepeated: false }]);
  await receive(1, "e1000");
  expect(deliveries.find(first)).toBeUndefined();
  expect(deliveries.ofEvent("acme", "e0")).toBeUndefined();
  expect(deliveries.ofEvent("acme", "e1000")).toMatchObject({ number: 1001, status: 202 });
  expect(deliveries.after(0)).toHaveLength(1000);
  expect(deliveries.after(1000).map(({ number }) => number)).toEqual([1001]);
  expect(queued).toHaveLength(1001);
});

it("remembers 16 MB of bodies, the latest", async () => {
  const { deliveries, receive } = open();
  const ids: string[] = [];
  for (let count = 0; count < 5; count += 1) ids.push(await receive(4 * 1024 * 1024, `e${count}`));
  expect(ids.map((id) => deliveries.find(id)?.request !== undefined)).toEqual([
    false,
    true,
    true,
    true,
    true,
  ]);
  expect(deliveries.find(ids[0] ?? "")).toMatchObject({ bytes: 4 * 1024 * 1024, status: 202 });
  await receive(17 * 1024 * 1024);
  expect(ids.map((id) => deliveries.find(id)?.request)).toEqual(ids.map(() => undefined));
});

it("remembers a hundred thousand events, and finds one among them at once", async () => {
  const { deliveries, receive } = open();
  const batch = (number: number) => Array.from({ length: 10_000 }, (_, index) => `e${number}-${index}`);
  const first = await receive(1, ...batch(0));
  for (let number = 1; number < 10; number += 1) await receive(1, ...batch(number));
  expect(deliveries.find(first)?.events).toHaveLength(10_000);
  await receive(1, "one-more");
  expect(deliveries.find(first)).toBeUndefined();
  expect(deliveries.ofEvent("acme", "e0-0")).toBeUndefined();
  expect(deliveries.ofEvent("acme", "e9-9999")).toMatchObject({ number: 10 });
});

it("says which events came before, in a remembered delivery or to the ledger", async () => {
  const { deliveries, receive } = open({ known: ["long-ago"] });
  await receive(1, "e1");
  const again = await receive(1, "e1", "long-ago", "e2");
  expect(deliveries.find(again)?.events.map(({ isRepeated }) => isRepeated)).toEqual([true, true, false]);
  expect(deliveries.ofEvent("acme", "e1")?.id).toBe(again);
});

it("keeps nothing of what deliveries say where people are real", async () => {
  const { deliveries, receive } = open({ keepsWhole: false });
  const id = await receive(5, "e1");
  expect(deliveries.find(id)).toEqual(expect.not.objectContaining({ request: expect.anything() }));
  expect(deliveries.find(id)).not.toHaveProperty("answer");
  expect(deliveries.find(id)).toMatchObject({ bytes: 5, events: [{ id: "e1" }] });
});

it("tells the page no body, and why a delivery was refused", async () => {
  const { deliveries } = open();
  await deliveries.receive("acme", request(3), async ({ log: own }) => {
    own.warn(refusalMessage, { reason: "proof-missing" });
    return { status: 401 };
  });
  expect(deliveries.after(0)).toEqual([
    {
      id: expect.any(String),
      number: 1,
      at: expect.any(String),
      source: "acme",
      bytes: 3,
      events: [],
      refusal: "proof-missing",
      status: 401,
      milliseconds: expect.any(Number),
    },
  ]);
});
