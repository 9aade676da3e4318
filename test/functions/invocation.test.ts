import type { APIGatewayProxyEventV2, Context, ScheduledEvent, SQSEvent, SQSRecord } from "aws-lambda";
import { describe, expect, it, vi } from "vitest";
import { InboundError } from "#lib/contract/errors.ts";
import type { Log } from "#lib/contract/log.ts";
import { eventQueue } from "#lib/handlers/event-queue.ts";
import { operations } from "#lib/handlers/operations.ts";
import { waiting } from "#lib/handlers/waiting.ts";
import { uploadsFinish, uploadsPlan, uploadsRun } from "#lib/handlers/uploads.ts";
import { webhook } from "#lib/handlers/webhook.ts";
import { secretReader } from "#lib/pipeline/secret-reader.ts";
import clerk from "#lib/sources/clerk/index.ts";
import { memoryParked } from "../memory/parked.ts";
import httpApi from "./events/http-api.json" with { type: "json" };
import s3Test from "./events/s3-test.json" with { type: "json" };
import sqs from "./events/sqs.json" with { type: "json" };

const invocation = (awsRequestId: string) =>
  ({ awsRequestId, getRemainingTimeInMillis: () => 30_000 }) as Context;
const [template] = sqs.Records as [SQSRecord];
const noMessages: SQSEvent = { Records: [] };

/** Ports that these invocations use: they can be opened, they log, and they answer that there is nothing to do. */
function recordedPorts() {
  const begun: [requestId: string, isColdStart: boolean][] = [];
  const lines: unknown[][] = [];
  const line = (...told: unknown[]) => void lines.push(told);
  const log: Log = { begin: (...told) => void begun.push(told), info: line, warn: line, error: line };
  let opened = 0;
  const open = () => {
    opened += 1;
    return {
      log,
      clock: { now: Date.now, wait: async () => {}, random: () => 0 },
      secrets: secretReader(async () => ({ current: { signingSecret: "whsec_aW52ZW50ZWQ=" } })),
      parked: memoryParked(),
      events: { send: async () => {} },
    } as never;
  };
  return { begun, lines, open, opened: () => opened };
}

type Open = ReturnType<typeof recordedPorts>["open"];
const functions: Readonly<Record<string, (open: Open) => (context: Context) => Promise<unknown>>> = {
  webhook: (open) => {
    const handler = webhook(clerk, open);
    return (context) => handler(httpApi as APIGatewayProxyEventV2, context);
  },
  "event queue": (open) => eventQueue(open).bind(undefined, noMessages),
  "uploads, plan": (open) => uploadsPlan(open).bind(undefined, noMessages),
  "uploads, run": (open) => uploadsRun(open).bind(undefined, noMessages),
  "uploads, finish": (open) => uploadsFinish(open).bind(undefined, noMessages),
  waiting: (open) => waiting(open).bind(undefined, {} as ScheduledEvent),
  operations: (open) => operations(open).bind(undefined, { operation: "list", kinds: ["dead"] }),
};

describe.each(Object.entries(functions))("an invocation of the function: %s", (_, make) => {
  it("opens ports at the first event and keeps them", async () => {
    const { open, opened } = recordedPorts();
    const invoke = make(open);
    expect(opened()).toBe(0);
    await invoke(invocation("r-1"));
    await invoke(invocation("r-2"));
    expect(opened()).toBe(1);
  });

  it("tells the log its id, and that the first one is a cold start", async () => {
    const { begun, open } = recordedPorts();
    const invoke = make(open);
    await invoke(invocation("r-1"));
    await invoke(invocation("r-2"));
    expect(begun).toEqual([
      ["r-1", true],
      ["r-2", false],
    ]);
  });
});

describe("a batch", () => {
  it("is answered with the messages that must be retried, and no others", async () => {
    const { lines, open } = recordedPorts();
    const handler = uploadsPlan(open);
    const messages = ["{", JSON.stringify(s3Test), '{"detail-type":"Object Deleted"}'];
    const Records = messages.map((body, index) => ({ ...template, messageId: `m-${index}`, body }));
    expect(await handler({ Records }, invocation("r-1"))).toEqual({
      batchItemFailures: [{ itemIdentifier: "m-0" }, { itemIdentifier: "m-2" }],
    });
    expect(lines).toEqual([
      ["upload failed", { reason: "notification-malformed" }],
      ["upload failed", { reason: "notification-unknown" }],
    ]);
  });
});

describe("a failure of the receiving function", () => {
  const comeAgain = { statusCode: 503, headers: { "retry-after": "30" } };

  it("is answered so that the sender delivers again, and is logged and counted without a value", async () => {
    const { lines, open } = recordedPorts();
    const handler = webhook(clerk, open);
    const event = { ...httpApi, headers: { "x-name": "张三" }, requestContext: undefined } as never;
    expect(await handler(event, invocation("r-1"))).toEqual(comeAgain);
    expect(lines).toEqual([
      ["delivery not taken", { code: "unavailable", reason: "TypeError" }, { DeliveriesFailed: 1 }],
    ]);
  });

  it("to open its ports is logged without them, and opening is tried again at the next event", async () => {
    const { open } = recordedPorts();
    let fails = true;
    const handler = webhook(clerk, () => {
      if (!fails) return open();
      throw new InboundError("misconfigured", "environment-incomplete", { path: "BUCKET" });
    });
    const written = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    expect(await handler(httpApi as APIGatewayProxyEventV2, invocation("r-1"))).toEqual(comeAgain);
    expect(written.mock.calls.map(([line]) => JSON.parse(String(line)) as unknown)).toEqual([
      {
        level: "ERROR",
        message: "ports not opened",
        code: "misconfigured",
        reason: "environment-incomplete",
        path: "BUCKET",
      },
    ]);
    written.mockRestore();
    fails = false;
    expect(await handler(httpApi as APIGatewayProxyEventV2, invocation("r-2"))).toEqual({ statusCode: 401 });
  });
});

describe("operations", () => {
  it("refuse an unknown operation, and list the known ones", async () => {
    const handler = operations(recordedPorts().open);
    await expect(handler({ operation: "forget" }, invocation("r-1"))).rejects.toMatchObject({
      code: "malformed",
      reason: "operation-unknown",
      hint: expect.stringContaining("redrive") as string,
    });
  });
});
