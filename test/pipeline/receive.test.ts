import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { InboundError } from "#lib/contract/errors.ts";
import type { QueuedMessage } from "#lib/contract/queue.ts";
import type { Delivery, ProofResult } from "#lib/contract/proof.ts";
import { defineSource, type Source, type SourceEvent, type VerifiedDelivery } from "#lib/contract/source.ts";
import { pingHeader, receive } from "#lib/pipeline/receive.ts";
import { secretReader } from "#lib/pipeline/secret-reader.ts";
import { take } from "#lib/pipeline/take.ts";
import { reopenDelivery } from "#lib/pipeline/verified-delivery.ts";
import { hmac } from "#lib/proofs/hmac.ts";

interface Secret {
  readonly key: string;
}

const secret: Secret = { key: "invented-key-0001" };
const now = Date.parse("2026-01-31T18:42:05.678Z");
const proof = hmac<Secret>({
  algorithm: "sha256",
  key: ({ key }) => key,
  signed: "{timestamp}.{query:employee}.{body}",
  signature: { query: "sig", encoding: "hex" },
  timestamp: { header: "x-time", unit: "seconds" },
});

const event = (id: string): SourceEvent => ({
  id,
  subject: id,
  type: "employee.changed",
  occurredAt: "2026-01-31T18:42:05.000Z",
  payload: {},
});

/** A source whose `split` is today's code: it reads nothing, until a test says otherwise. */
function source(over: Partial<Source<Secret>> = {}): Source<Secret> {
  return defineSource<Secret>({
    name: "acme",
    title: "Acme",
    secret: z.object({ key: z.string() }),
    proof,
    redeliversForSeconds: 3600,
    split() {
      throw new InboundError("malformed", "shape-unknown", { path: "employee" });
    },
    translate: () => [],
    ...over,
  });
}

function signedGet(employee: string, headers: Readonly<Record<string, string>> = {}): Delivery {
  const signed = proof.sign(new Uint8Array(), secret, { now, id: "msg_1", query: { employee } });
  const query = new URLSearchParams({ employee, ...signed.query });
  return {
    method: "GET",
    headers: { ...headers, ...signed.headers },
    rawQuery: query.toString(),
    query,
    body: new Uint8Array(),
    receivedAt: now,
  };
}

async function received(
  definition: Source<Secret>,
  ...deliveries: readonly Delivery[]
): Promise<{ statuses: number[]; queued: QueuedMessage[]; log: string[] }> {
  const queued: QueuedMessage[] = [];
  const log: string[] = [];
  const line = (message: string, fields?: object) => void log.push(`${message} ${JSON.stringify(fields)}`);
  const statuses: number[] = [];
  for (const delivery of deliveries) {
    const reply = await receive(definition, delivery, {
      secrets: secretReader(async () => ({ current: secret })),
      events: { send: async (messages) => void queued.push(...messages) },
      enrolments: { keep: async () => {} },
      log: { info: line, warn: line, error: line },
    });
    statuses.push(reply.status);
  }
  return { statuses, queued, log };
}

const unreadable = (message: QueuedMessage | undefined) => {
  if (message?.kind !== "unreadable") throw new Error("not an unreadable message");
  return message;
};

describe("a ping of the doctor", () => {
  it("is taken like any delivery, and not counted as a word of the sender", async () => {
    const events = { send: async () => {} };
    const counted: unknown[] = [];
    const log = {
      info: (_: string, fields?: object, metrics?: object) => void counted.push({ ...fields, metrics }),
      warn() {},
      error() {},
    };
    const ports = {
      secrets: secretReader(async () => ({ current: secret })),
      events,
      enrolments: { keep: async () => {} },
      log,
    };
    const silent = source({ split: () => [] });
    const answers = [
      await receive(silent, signedGet("7", { [pingHeader]: "doctor" }), ports),
      await receive(silent, signedGet("7"), ports),
    ];
    expect(answers).toEqual([{ status: 202 }, { status: 202 }]);
    expect(counted).toMatchObject([
      { ping: true, metrics: undefined },
      { ping: undefined, metrics: { DeliveriesAccepted: 1 } },
    ]);
  });
});

describe("a large delivery", () => {
  const mebibyte = 1024 * 1024;

  function posted(bytes: number): Delivery {
    const { query, ...request } = signedGet("7");
    const body = Buffer.alloc(bytes, "x");
    const { headers, query: signed } = proof.sign(body, secret, {
      now,
      id: "msg_1",
      query: { employee: "7" },
    });
    const parameters = new URLSearchParams({ ...Object.fromEntries(query), ...signed });
    return { ...request, method: "POST", headers, rawQuery: parameters.toString(), query: parameters, body };
  }

  it.each([
    ["1 MiB", undefined, mebibyte],
    ["what the source says", 3 * mebibyte, 3 * mebibyte],
  ])("may have %s, and not one byte more", async (_, maxDeliveryBytes, bytes) => {
    const taking = source({ split: () => [], ...(maxDeliveryBytes !== undefined && { maxDeliveryBytes }) });
    const { statuses, log } = await received(taking, posted(bytes), posted(bytes + 1));
    expect(statuses).toEqual([202, 413]);
    expect(log.join()).toContain(`"maxBytes":${bytes}`);
  });
});

describe("a GET delivery that cannot be read", () => {
  it("is kept by its query: two of them are two, one that is repeated is one", async () => {
    const { statuses, queued } = await received(source(), signedGet("7"), signedGet("8"), signedGet("7"));
    expect(statuses).toEqual([202, 202, 202]);
    const [seven, eight, again] = queued.map((message) => unreadable(message).id);
    expect(seven).not.toBe(eight);
    expect(again).toBe(seven);
  });

  it("reads, when it is redriven, exactly as it read when it came", async () => {
    const seen: VerifiedDelivery[] = [];
    const reads = source({
      readsHeaders: ["x-resource-state"],
      split(delivery) {
        seen.push(delivery);
        throw new InboundError("malformed", "shape-unknown");
      },
    });
    const headers = { "content-type": "text/plain", "x-resource-state": "update", cookie: "a=b" };
    const { queued } = await received(reads, signedGet("张三 + Zoë", headers));
    const { delivery, reception } = unreadable(JSON.parse(JSON.stringify(queued[0])) as QueuedMessage);
    const again = reopenDelivery(delivery, reception);
    const [first] = seen;
    const { payload, query, ...rest } = again;
    const { payload: firstPayload, query: firstQuery, ...firstRest } = first as VerifiedDelivery;
    expect(rest).toEqual(firstRest);
    expect(rest).toEqual({
      method: "GET",
      headers: { "content-type": "text/plain", "x-resource-state": "update" },
      rawQuery: "employee=%E5%BC%A0%E4%B8%89+%2B+Zo%C3%AB",
      receivedAt: now,
      sentAt: Math.floor(now / 1000) * 1000,
      deliveryId: undefined,
    });
    expect(query.toString()).toBe(firstQuery.toString());
    expect(query.get("employee")).toBe("张三 + Zoë");
    expect(Buffer.from(payload).toString()).toBe(rest.rawQuery);
    expect(Buffer.from(firstPayload).toString()).toBe(rest.rawQuery);
  });

  it("is kept without what proves it, however that is spelled", async () => {
    const delivery = signedGet("7", { authorization: "Bearer x", cookie: "session=1" });
    const signature = delivery.query.get("sig") ?? "";
    const spelled = { ...delivery, rawQuery: `s%69g=${signature}&employee=7&x` };
    const { statuses, queued } = await received(source(), spelled);
    expect(statuses).toEqual([202]);
    expect(unreadable(queued[0]).delivery).toEqual({
      method: "GET",
      rawQuery: "employee=7&x",
      headers: {},
      payload: Buffer.from("employee=7&x").toString("base64"),
      sentAt: Math.floor(now / 1000) * 1000,
    });
    expect(JSON.stringify(queued)).not.toContain(signature);
  });

  it("is another one where only a header that the source reads differs", async () => {
    const reads = source({ readsHeaders: ["x-message-number"] });
    const { queued } = await received(
      reads,
      signedGet("7", { "x-message-number": "1" }),
      signedGet("7", { "x-message-number": "2" }),
      signedGet("7", { "x-message-number": "2", "x-other": "3" }),
    );
    const [one, two, again] = queued.map((message) => unreadable(message).id);
    expect(one).not.toBe(two);
    expect(again).toBe(two);
  });

  it.each(["authorization", "cookie", "x-acme-signature", "x-goog-channel-token", "X-State"])(
    "is never kept with the header %s, whatever a source asks for",
    (header) => {
      expect(() => source({ readsHeaders: [header] })).toThrow(`readsHeaders "${header}"`);
    },
  );
});

describe("the events of one delivery", () => {
  const events = (count: number) =>
    source({ split: () => Array.from({ length: count }, (_, index) => event(`e${index}`)) });

  it("are taken up to 1000", async () => {
    const { statuses, queued } = await received(events(1000), signedGet("7"));
    expect(statuses).toEqual([202]);
    expect(queued).toHaveLength(1000);
    expect(new Set(queued.map(({ kind }) => kind))).toEqual(new Set(["event"]));
  });

  it("are kept as one delivery that cannot be read when they are 1001", async () => {
    const { statuses, queued } = await received(events(1001), signedGet("7"));
    expect(statuses).toEqual([202]);
    expect(queued).toMatchObject([{ kind: "unreadable", source: "acme", reason: "too-many-events" }]);
  });
});

describe("a proof", () => {
  it("that answers later is waited for", async () => {
    const answers: ProofResult[] = [
      { ok: false, reason: "key-unknown" },
      { ok: true, payload: Buffer.from("said"), deliveryId: "d1" },
    ];
    const later = source({
      proof: { ...proof, verify: async () => answers.shift() as ProofResult },
      split: ({ payload }) => [event(Buffer.from(payload).toString())],
    });
    const { statuses, queued, log } = await received(later, signedGet("7"), signedGet("7"));
    expect(statuses).toEqual([401, 202]);
    expect(queued).toMatchObject([{ kind: "event", event: { id: "said" }, reception: { deliveryId: "d1" } }]);
    expect(log[0]).toContain('"reason":"key-unknown"');
  });

  it("that cannot be checked now is answered 503, so that the sender comes again", async () => {
    const down = source({
      proof: { ...proof, verify: () => Promise.reject(new InboundError("unavailable", "jwks-unreachable")) },
    });
    const { statuses, queued, log } = await received(down, signedGet("7"));
    expect(statuses).toEqual([503]);
    expect(queued).toEqual([]);
    expect(log).toEqual([expect.stringContaining('"reason":"jwks-unreachable"')]);
  });
});

describe("what comes in by another door", () => {
  const said: VerifiedDelivery = {
    method: "INVOKE",
    headers: {},
    rawQuery: "",
    query: new URLSearchParams(),
    payload: Buffer.from('{"userName":"zhang.san"}'),
    receivedAt: now,
    sentAt: undefined,
    deliveryId: "request-1",
  };
  const trigger = { name: "cognito", proof: { name: "lambda-invocation" }, split: () => [event("e1")] };
  const quiet = { info() {}, warn() {}, error() {} };

  it("is taken without a secret, under a proof of AWS's own", async () => {
    const queued: QueuedMessage[] = [];
    await take(trigger, said, {
      events: { send: async (messages) => void queued.push(...messages) },
      log: quiet,
    });
    expect(queued).toEqual([
      {
        kind: "event",
        source: "cognito",
        event: event("e1"),
        reception: {
          receivedAt: new Date(now).toISOString(),
          proof: "lambda-invocation",
          deliveryId: "request-1",
        },
      },
    ]);
  });

  it("is not answered before the queue has it", async () => {
    const events = { send: () => Promise.reject(new InboundError("unavailable", "queue-unreachable")) };
    await expect(take(trigger, said, { events, log: quiet })).rejects.toThrow("queue-unreachable");
  });
});
