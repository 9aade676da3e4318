import { setTimeout as wait } from "node:timers/promises";
import type { Context, SQSEvent, SQSRecord } from "aws-lambda";
import { describe, expect, it, onTestFinished } from "vitest";
import { createAuthingClient, type AuthingClient } from "#lib/authing/client.ts";
import { noRules } from "#lib/pipeline/people-rules.ts";
import { InboundError } from "#lib/contract/errors.ts";
import { createPace } from "#lib/delivery/pace.ts";
import { sourceApis } from "#lib/source-apis/source-api.ts";
import { eventQueue } from "#lib/handlers/event-queue.ts";
import { memoryLedger } from "../memory/ledger.ts";
import { memoryParked } from "../memory/parked.ts";
import type { QueuedMessage } from "#lib/contract/queue.ts";
import { secretReader } from "#lib/pipeline/secret-reader.ts";
import { defineSource, type SourceEvent } from "#lib/contract/source.ts";
import { bringBackDue } from "#lib/pipeline/waiting.ts";
import { startSandbox } from "#infra/sandbox/sandbox.ts";
import clerk from "#lib/sources/clerk/index.ts";
import sqs from "./events/sqs.json" with { type: "json" };
import { parkedList } from "../contract/parked-list.ts";

const clock = { now: Date.now, wait: (milliseconds: number) => wait(milliseconds), random: () => 0 };
const template = sqs.Records[0] as SQSRecord;
const context = { awsRequestId: "1", getRemainingTimeInMillis: () => 30_000 } as Context;

const testsBeganAt = Date.now();
const daysFromNow = (days: number) => new Date(testsBeganAt + days * 86_400_000).toISOString();

/** A source whose translation fails for some events, to test what happens to the others. */
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

/** By default it has only the calls that a leaver needs; any other call throws, which the test would show. */
function worker(
  resign: AuthingClient["resignUserBatch"],
  authing = { resignUserBatch: resign } as unknown as AuthingClient,
  ledger = memoryLedger(),
) {
  const parked = memoryParked();
  const log: string[] = [];
  const postponed: { receiptHandle: string; seconds: number }[] = [];
  const queued: QueuedMessage[] = [];
  const line = (message: string, fields?: object) => void log.push(`${message} ${JSON.stringify(fields)}`);
  const events = { send: async (messages: readonly QueuedMessage[]) => void queued.push(...messages) };
  const handler = eventQueue(() => ({
    ledger,
    authing,
    clock,
    leavePolicy: () => "resign",
    pace: createPace({ clock, maxPerSecond: 1000 }),
    rehirePolicy: () => "reactivate",
    otpPolicy: "import",
    peoplePolicy: () => "shared",
    rules: () => noRules,
    timeZone: "Asia/Shanghai",
    source: (name) => (name === "fickle" ? (fickle as never) : undefined),
    translation: () => ({ region: "CN", departments: {}, customData: {} }),
    secrets: secretReader(async () => ({ current: {} })),
    openApi: sourceApis(clock),
    parked,
    events,
    log: { info: line, warn: line, error: line },
    queue: {
      open: async (body) => JSON.parse(body) as QueuedMessage,
      postpone: async (messages) => void postponed.push(...messages),
    },
  }));
  return {
    ledger,
    parked,
    log,
    postponed,
    work: (event: SQSEvent, of = context) => handler(event, of),
    /** The events that the schedule queues when it runs at a time (milliseconds since 1970). */
    async broughtBack(now: number): Promise<SQSEvent> {
      queued.length = 0;
      await bringBackDue({ parked, events, clock: { now: () => now } }, now);
      return { Records: queued.map(recordOf) };
    },
  };
}

function recordOf(message: QueuedMessage): SQSRecord {
  const { id, subject } = message.kind === "event" ? message.event : { id: message.id, subject: message.id };
  return {
    ...template,
    messageId: id,
    body: JSON.stringify(message),
    attributes: { ...template.attributes, MessageGroupId: subject },
  };
}

/** Authing does not answer. */
const away: AuthingClient["resignUserBatch"] = async () => {
  throw new InboundError("unavailable", "server-error");
};

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
      return recordOf(message);
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
    const { ledger, parked, log, work } = worker(async () => ({ ok: true, data: undefined }));
    const answer = await work(records(["leaves", "a"], ["breaks", "b"], ["leaves", "c"]));
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(outcomes(ledger)).toEqual({
      "leaves-a-0": "accepted",
      "breaks-b-1": "dead",
      "leaves-c-2": "accepted",
    });
    expect(await parkedList(parked, "dead", 10)).toMatchObject([
      { reason: "translation-failed", message: { event: { subject: "b" } } },
    ]);
    expect(log.join()).not.toContain("张三");
  });

  it("hands back an event while Authing does not answer, with what is behind it, and goes on with the other people", async () => {
    const { ledger, parked, work } = worker(async (request) => {
      return request.userIds[0] === "a" ? away(request) : { ok: true, data: undefined };
    });
    const event = records(["leaves", "a"], ["other", "a"], ["other", "b"]);
    const retried = ["leaves-a-0", "other-a-1"].map((itemIdentifier) => ({ itemIdentifier }));
    expect(await work(event)).toEqual({ batchItemFailures: retried });
    expect(outcomes(ledger)).toEqual({ "other-b-2": "already-done" });
    expect(await parkedList(parked, "waiting", 10)).toEqual([]);
  });

  it("parks an event that triggers a defect, and goes on with the later events of its person", async () => {
    let isMended = false;
    const { ledger, parked, work, broughtBack } = worker(async ({ userIds }) => {
      if (userIds[0] === "a" && !isMended) throw new TypeError("a defect that only this event triggers");
      return { ok: true, data: undefined };
    });
    const event = records(["leaves", "a"], ["leaves", "b"], ["other", "a"]);
    expect(await work(event)).toEqual({ batchItemFailures: [] });
    expect(outcomes(ledger)).toEqual({ "leaves-b-1": "accepted", "other-a-2": "already-done" });
    const [waiting] = await parkedList(parked, "waiting", 10);
    expect(waiting).toMatchObject({ reason: "delivery-failed", ledgerId: "leaves-a-0", externalId: "a" });

    const dueAt = Date.parse(waiting?.dueAt ?? "");
    expect((await broughtBack(dueAt - 1)).Records).toEqual([]);
    isMended = true;
    expect(await work(await broughtBack(dueAt))).toEqual({ batchItemFailures: [] });
    expect(outcomes(ledger)["leaves-a-0"]).toBe("accepted");
    expect(await parkedList(parked, "waiting", 10)).toEqual([]);
  });

  it("hands an event back with a pause that doubles, up to 20 minutes", async () => {
    const { postponed, work } = worker(away);
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

  it("ends an event dead that has waited for more than ten days, with the reason it waited for", async () => {
    const { ledger, parked, work } = worker(async () => {
      throw new TypeError("a defect");
    });
    const event = receivedAt(records(["leaves", "a"]), daysFromNow(-11));
    expect(await work(event)).toEqual({ batchItemFailures: [] });
    expect(await parkedList(parked, "waiting", 10)).toEqual([]);
    expect(await parkedList(parked, "dead", 10)).toMatchObject([
      { reason: "delivery-failed", message: { event: { subject: "a" } } },
    ]);
    expect(outcomes(ledger)).toEqual({ "leaves-a-0": "dead" });
  });

  it("parks a TOTP secret until its person exists, for an hour at most", async () => {
    const key = { accessKeyId: "63f0a1b2c3d4e5f607182930", accessKeySecret: "invented-secret" };
    const sandbox = await startSandbox({ accessKeys: [key] });
    const authing = createAuthingClient({ host: sandbox.url, credentials: async () => key });
    onTestFinished(() => sandbox.close());
    const { ledger, parked, work, broughtBack } = worker(authing.resignUserBatch, authing);
    const event = records(["enrolls", "a"], ["enrolls", "b"], ["other", "b"]);
    expect(await work(event)).toEqual({ batchItemFailures: [] });
    expect(outcomes(ledger)).toEqual({ "other-b-2": "already-done" });
    expect(await parkedList(parked, "waiting", 10)).toMatchObject([
      { reason: "user-unknown", ledgerId: "enrolls-a-0" },
      { reason: "user-unknown", ledgerId: "enrolls-b-1" },
    ]);

    await work(records(["joins", "a"]));
    await work(await broughtBack(Date.now() + 10_000));
    expect(outcomes(ledger)).toMatchObject({ "joins-a-0": "accepted", "enrolls-a-0": "accepted" });
    expect(sandbox.otpOf(sandbox.users()[0]?.userId ?? "")).toEqual({ secret: "JBSWY3DPEHPK3PXP" });
    expect(await parkedList(parked, "waiting", 10)).toMatchObject([{ ledgerId: "enrolls-b-1" }]);

    const anHourAgo = new Date(Date.now() - 3_600_000).toISOString();
    await work(receivedAt(records(["enrolls", "c"]), anHourAgo));
    expect(ledger.recent(1)).toMatchObject([
      { id: "enrolls-c-0", outcome: { kind: "rejected", reason: "user-unknown" } },
    ]);
    expect(await parkedList(parked, "rejected", 10)).toMatchObject([{ ledgerId: "enrolls-c-0" }]);
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

  it("does not apply an event again that has an outcome", async () => {
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
    const { parked, work } = worker(async () => ({ ok: true, data: undefined }));
    const event = records(["leaves", "a"]);
    const [record] = event.Records;
    if (record) record.body = record.body.replace('"fickle"', '"gone"');
    await work(event);
    expect(await parkedList(parked, "dead", 10)).toMatchObject([{ reason: "source-not-enabled" }]);
  });

  it("hands back a message that is not one of ours, with what is behind it, and goes on with the other people", async () => {
    const { ledger, work } = worker(async () => ({ ok: true, data: undefined }));
    const event = records(["leaves", "a"], ["leaves", "b"], ["other", "a"], ["other", "b"]);
    const [record] = event.Records;
    if (record) record.body = "{";
    const retried = ["leaves-a-0", "other-a-2"].map((itemIdentifier) => ({ itemIdentifier }));
    expect(await work(event)).toEqual({ batchItemFailures: retried });
    expect(outcomes(ledger)).toEqual({ "leaves-b-1": "accepted", "other-b-3": "already-done" });
  });

  it("hands back what it worked on when the ledger did not answer, with what is behind it, and logs why", async () => {
    const ledger = memoryLedger();
    const isAway = new Set(["leaves-a-0"]);
    const { log, work } = worker(async () => ({ ok: true, data: undefined }), undefined, {
      ...ledger,
      async claim(key, by) {
        if (isAway.delete(key.id)) throw new InboundError("unavailable", "ledger-unreachable");
        return ledger.claim(key, by);
      },
    });
    const event = records(["leaves", "a"], ["leaves", "b"], ["other", "a"], ["other", "b"]);
    const retried = event.Records.map(({ messageId: itemIdentifier }) => ({ itemIdentifier }));
    expect(await work(event)).toEqual({ batchItemFailures: retried });
    expect(log).toContain('events failed {"reason":"ledger-unreachable"}');
    expect(outcomes(ledger)).toEqual({});
    // The claims of this invocation are still its own.
    expect(await work(event)).toEqual({ batchItemFailures: [] });
    expect(Object.keys(outcomes(ledger))).toHaveLength(4);
  });
});

describe("a repeated event without an id", () => {
  it("is a duplicate for as long as the sender redelivers, and a new event afterwards, once each", async () => {
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
