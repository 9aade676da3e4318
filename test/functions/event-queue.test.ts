import { setTimeout as wait } from "node:timers/promises";
import type { Context, SQSEvent, SQSRecord } from "aws-lambda";
import { describe, expect, it, onTestFinished } from "vitest";
import { createAuthingClient, type AuthingClient } from "#lib/authing/client.ts";
import { createPace } from "#lib/delivery/pace.ts";
import { sourceApis } from "#lib/source-apis/source-api.ts";
import { eventQueue } from "#lib/handlers/event-queue.ts";
import { memoryLedger } from "#infra/local/ledger.ts";
import type { KeptMessage } from "#lib/contract/parked.ts";
import type { QueuedMessage } from "#lib/contract/queue.ts";
import { secretReader } from "#lib/pipeline/secret-reader.ts";
import { defineSource, type SourceEvent } from "#lib/contract/source.ts";
import { startSandbox } from "#infra/sandbox/sandbox.ts";
import clerk from "#lib/sources/clerk/index.ts";
import sqs from "./events/sqs.json" with { type: "json" };

const clock = { now: Date.now, wait: (milliseconds: number) => wait(milliseconds), random: () => 0 };
const template = sqs.Records[0] as SQSRecord;
const context = { awsRequestId: "1", getRemainingTimeInMillis: () => 30_000 } as Context;

const testsBeganAt = Date.now();
const daysFromNow = (days: number) => new Date(testsBeganAt + days * 86_400_000).toISOString();

/** A source whose translation fails for some, to see what becomes of the others. */
const fickle = defineSource({
  ...clerk,
  name: "fickle",
  translate(event) {
    if (event.type === "breaks") throw new TypeError("a bug of ours, with 张三 in its message");
    const externalId = event.subject;
    switch (event.type) {
      case "leaves":
        return [{ kind: "leave", who: { externalId } }];
      case "joins":
        return [{ kind: "create", person: { externalId, username: externalId }, trail: {} }];
      case "enrolls":
        return [{ kind: "import-otp", who: { externalId }, otp: { secret: "JBSWY3DPEHPK3PXP" } }];
      default:
        return [];
    }
  },
});

/** Only with what a leaver needs of Authing, where nothing else is said; anything more would throw and show. */
function worker(
  resign: AuthingClient["resignUserBatch"],
  authing = { resignUserBatch: resign } as unknown as AuthingClient,
) {
  const ledger = memoryLedger();
  const dead: KeptMessage[] = [];
  const log: string[] = [];
  const postponed: { receiptHandle: string; seconds: number }[] = [];
  const line = (message: string, fields?: object) => void log.push(`${message} ${JSON.stringify(fields)}`);
  const handler = eventQueue(() => ({
    ledger,
    authing,
    clock,
    leavePolicy: () => "resign",
    pace: createPace({ clock, maxPerSecond: 1000 }),
    rehirePolicy: () => "reactivate",
    otpPolicy: "import",
    source: (name) => (name === "fickle" ? (fickle as never) : undefined),
    translation: () => ({ region: "CN", departments: {}, customData: {} }),
    secrets: secretReader(async () => ({ current: {} })),
    openApi: sourceApis(clock),
    shelf: { keep: async (kept) => void dead.push(kept), list: async () => dead, remove: async () => {} },
    log: { info: line, warn: line, error: line },
    queue: {
      open: async (body) => JSON.parse(body) as QueuedMessage,
      postpone: async (messages) => void postponed.push(...messages),
    },
  }));
  return { ledger, dead, log, postponed, work: (event: SQSEvent, of = context) => handler(event, of) };
}

function records(...events: [type: string, subject: string][]): SQSEvent {
  return {
    Records: events.map(([type, subject], index) => {
      const event: SourceEvent = {
        id: `${type}-${subject}-${index}`,
        subject,
        type,
        occurredAt: new Date(1_795_000_000_000 + index).toISOString(),
        payload: {},
      };
      const message: QueuedMessage = {
        kind: "event",
        source: "fickle",
        event,
        reception: { receivedAt: daysFromNow(0), proof: "standard-webhooks" },
      };
      return {
        ...template,
        messageId: event.id,
        body: JSON.stringify(message),
        attributes: { ...template.attributes, MessageGroupId: subject },
      };
    }),
  };
}

const receivedAt = (event: SQSEvent, time: string): SQSEvent => ({
  Records: event.Records.map((record) => ({
    ...record,
    body: record.body.replace(daysFromNow(0), time),
  })),
});

const outcomes = (ledger: ReturnType<typeof memoryLedger>) =>
  Object.fromEntries(ledger.recent(100).map(({ id, outcome }) => [id, outcome.kind]));

describe("the function behind the queue", () => {
  it("goes on with the other people when one event is broken, and parks that one with its reason", async () => {
    const { ledger, dead, log, work } = worker(async () => ({ ok: true, data: undefined }));
    const answer = await work(records(["leaves", "a"], ["breaks", "b"], ["leaves", "c"]));
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(outcomes(ledger)).toEqual({
      "leaves-a-0": "accepted",
      "breaks-b-1": "dead",
      "leaves-c-2": "accepted",
    });
    expect(dead).toMatchObject([{ reason: "translation-failed", message: { event: { subject: "b" } } }]);
    expect(log.join()).not.toContain("张三");
  });

  it("hands back a person's later events with the one that must come again, and no other person's", async () => {
    const { ledger, work } = worker(async ({ userIds }) => {
      if (userIds[0] === "a") throw new TypeError("a defect that only this one brings to light");
      return { ok: true, data: undefined };
    });
    const event = records(["leaves", "a"], ["leaves", "b"], ["leaves", "a"], ["other", "b"]);
    expect(await work(event)).toEqual({
      batchItemFailures: [{ itemIdentifier: "leaves-a-0" }, { itemIdentifier: "leaves-a-2" }],
    });
    expect(outcomes(ledger)).toEqual({ "leaves-b-1": "accepted", "other-b-3": "already-done" });
  });

  it("lets what it hands back come again after a while that doubles, up to 20 minutes", async () => {
    const { postponed, work } = worker(async () => {
      throw new TypeError("a defect");
    });
    const event = records(["leaves", "a"], ["leaves", "a"], ["leaves", "b"]);
    for (const [index, receives] of [1, 1, 40].entries()) {
      const record = event.Records[index]!;
      record.receiptHandle = `receipt-${index}`;
      record.attributes = { ...record.attributes, ApproximateReceiveCount: String(receives) };
    }
    await work(event);
    expect(postponed.toSorted((one, other) => (one.receiptHandle < other.receiptHandle ? -1 : 1))).toEqual([
      { receiptHandle: "receipt-0", seconds: 2 },
      { receiptHandle: "receipt-1", seconds: 2 },
      { receiptHandle: "receipt-2", seconds: 1200 },
    ]);
  });

  it("hides what stepped aside for 30 seconds at most, since its person's joiner would be hidden with it", async () => {
    const key = { accessKeyId: "63f0a1b2c3d4e5f607182930", accessKeySecret: "invented-secret" };
    const sandbox = await startSandbox({ accessKeys: [key] });
    const authing = createAuthingClient({ host: sandbox.url, credentials: async () => key });
    onTestFinished(() => sandbox.close());
    const { postponed, work } = worker(authing.resignUserBatch, authing);
    const event = records(["enrolls", "a"]);
    for (const record of event.Records)
      record.attributes = { ...record.attributes, ApproximateReceiveCount: "9" };
    await work(event);
    expect(postponed).toMatchObject([{ seconds: 30 }]);
  });

  it("puts on the shelf what has waited for longer than the queue would remember it", async () => {
    const { dead, work } = worker(async () => {
      throw new TypeError("a defect");
    });
    const event = receivedAt(records(["leaves", "a"]), daysFromNow(-11));
    expect(await work(event)).toEqual({ batchItemFailures: [] });
    expect(dead).toMatchObject([{ reason: "waited-too-long", message: { event: { subject: "a" } } }]);
  });

  it("lets a secret step aside for later events of its person, one of which may be the joiner", async () => {
    const key = { accessKeyId: "63f0a1b2c3d4e5f607182930", accessKeySecret: "invented-secret" };
    const sandbox = await startSandbox({ accessKeys: [key] });
    const authing = createAuthingClient({ host: sandbox.url, credentials: async () => key });
    onTestFinished(() => sandbox.close());
    const { ledger, work } = worker(authing.resignUserBatch, authing);
    const event = records(["enrolls", "a"], ["enrolls", "b"], ["other", "b"], ["enrolls", "b"]);
    const joins = records(["joins", "a"]);
    // Told later and true earlier.
    for (const record of joins.Records)
      record.body = record.body.replace('"occurredAt":"', '"occurredAt":"1970-01-01T00:00:00.000Z","was":"');
    event.Records.push(...joins.Records);
    const answer = await work(receivedAt(event, new Date().toISOString()));
    expect(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier).toSorted()).toEqual([
      "enrolls-b-1",
      "enrolls-b-3",
    ]);
    expect(outcomes(ledger)).toEqual({
      "joins-a-0": "accepted",
      "enrolls-a-0": "accepted",
      "other-b-2": "already-done",
    });
    expect(sandbox.otpOf(sandbox.users()[0]?.userId ?? "")).toEqual({ secret: "JBSWY3DPEHPK3PXP" });

    // After an hour the secret waits for its person no longer.
    expect(await work(receivedAt(event, new Date(Date.now() - 3_600_000).toISOString()))).toEqual({
      batchItemFailures: [],
    });
    expect(ledger.recent(2)).toMatchObject(
      ["enrolls-b-1", "enrolls-b-3"].map((id) => ({
        id,
        outcome: { kind: "rejected", reason: "user-unknown" },
      })),
    );
  });

  it("delivers nothing in the last three seconds of its invocation, which are for recording outcomes", async () => {
    const { ledger, work } = worker(async () => ({ ok: true, data: undefined }));
    const endsIn = (milliseconds: number) =>
      ({ ...context, getRemainingTimeInMillis: () => milliseconds }) as Context;
    const event = records(["leaves", "a"]);
    expect(await work(event, endsIn(2_900))).toEqual({
      batchItemFailures: [{ itemIdentifier: "leaves-a-0" }],
    });
    expect(outcomes(ledger)).toEqual({});
    expect(await work(event, endsIn(4_000))).toEqual({ batchItemFailures: [] });
    expect(outcomes(ledger)).toEqual({ "leaves-a-0": "accepted" });
  });

  it("does not do again what is settled", async () => {
    let calls = 0;
    const { work } = worker(async () => {
      calls += 1;
      return { ok: true, data: undefined };
    });
    const event = records(["leaves", "a"]);
    await work(event);
    await work(event);
    expect(calls).toBe(1);
  });

  it("keeps events of a source that has been switched off", async () => {
    const { dead, work } = worker(async () => ({ ok: true, data: undefined }));
    const event = records(["leaves", "a"]);
    const [record] = event.Records;
    if (record) record.body = record.body.replace('"fickle"', '"gone"');
    await work(event);
    expect(dead).toMatchObject([{ reason: "source-not-enabled" }]);
  });

  it("hands back a message that is not one of ours", async () => {
    const { work } = worker(async () => ({ ok: true, data: undefined }));
    const event: SQSEvent = { Records: [{ ...template, body: "{" }] };
    expect(await work(event)).toEqual({ batchItemFailures: [{ itemIdentifier: template.messageId }] });
  });
});

describe("the same words again", () => {
  it("are a repetition while the sender repeats itself, and news afterwards, once each", async () => {
    let calls = 0;
    const { ledger, work } = worker(async () => {
      calls += 1;
      return { ok: true, data: undefined };
    });
    const event = records(["leaves", "a"]);
    await work(event);
    await work(receivedAt(event, daysFromNow(2)));
    expect(calls).toBe(1);
    const later = receivedAt(event, daysFromNow(13));
    await work(later);
    await work(later);
    await work(receivedAt(event, daysFromNow(13.1)));
    expect(calls).toBe(2);
    expect(Object.keys(outcomes(ledger))).toEqual(["leaves-a-0", "leaves-a-0~1"]);
  });
});
