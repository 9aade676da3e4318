import { randomUUID } from "node:crypto";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { beforeEach, describe, expect, it } from "vitest";
import { loggedRecent } from "#lib/aws/recent.ts";
import { recentMessages, type RecentEvent } from "#lib/contract/recent.ts";
import { recentSuite, type Happening } from "../contract/recent.ts";

const logs = new CloudWatchLogsClient();
const stage = "prod";
const minute = 60_000;
const receiving = new Map([
  ["clerk", "webhooks-clerk"],
  ["okta", "webhooks-okta"],
  ["cognito", "triggers-cognito"],
]);

/** The logs of a stage, with a stream for each function. */
async function newLogs() {
  const service = `inbound-${randomUUID()}`;
  const groupOf = (name: string) => `/aws/lambda/${service}-${stage}-${name}`;
  for (const name of ["events-apply", "uploads-plan", "uploads-finish", ...receiving.values()]) {
    const logGroupName = groupOf(name);
    await logs.send(new CreateLogGroupCommand({ logGroupName }));
    await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName: "1" }));
  }
  return {
    recent: loggedRecent({ service, stage, receiving }),
    /** Puts lines of a function's log as Lambda writes them, or another text. */
    async put(name: string, lines: readonly (readonly [at: number, line: object | string])[]) {
      const logEvents = lines.map(([timestamp, said]) => ({
        timestamp,
        message:
          typeof said === "string"
            ? said
            : JSON.stringify({ level: "INFO", requestId: "r-1", message: { service, stage, ...said } }),
      }));
      await logs.send(
        new PutLogEventsCommand({ logGroupName: groupOf(name), logStreamName: "1", logEvents }),
      );
    },
  };
}

/** The line of an event, as lib/pipeline/record.ts logs it. */
function lineOf({ id: event, source, at: _at, outcome, ...fields }: RecentEvent): object {
  if (outcome === "waiting") return { message: recentMessages.waits, source, event, ...fields };
  if (outcome === "retried") {
    return { message: recentMessages.retried, source, event, code: "unavailable", ...fields };
  }
  return {
    message: recentMessages.settled,
    source,
    event,
    outcome,
    attempts: 1,
    fields: "email,name",
    ...fields,
  };
}

recentSuite("in CloudWatch Logs", async () => {
  const { recent, put } = await newLogs();
  const said = (happening: Happening): [name: string, at: string, line: object] => {
    switch (happening.kind) {
      case "event":
        return ["events-apply", happening.event.at, lineOf(happening.event)];
      case "file": {
        const { at, id, outcome, reason } = happening.event;
        const isRefused = outcome === "rejected";
        const state = isRefused ? "refused" : "finished";
        const line = {
          message: recentMessages.fileSettled,
          source: "uploads",
          import: id,
          state,
          reason,
          rows: 2,
        };
        return [isRefused ? "uploads-plan" : "uploads-finish", at, line];
      }
      case "row":
        return ["uploads-finish", happening.at, { message: "chunk done", import: happening.import, rows: 1 }];
      default: {
        const { at, source, isPing: ping } = happening;
        return [
          receiving.get(source) ?? "",
          at,
          { message: recentMessages.delivered, source, events: 1, ping },
        ];
      }
    }
  };
  return {
    recent,
    async happens(happening) {
      const [name, at, line] = said(happening);
      await put(name, [[Date.parse(at), line]]);
    },
  };
});

describe("what has happened of late in CloudWatch Logs", () => {
  let place: Awaited<ReturnType<typeof newLogs>>;
  const now = Date.now();
  beforeEach(async () => {
    place = await newLogs();
  });
  const settled = (event: string) => ({
    message: recentMessages.settled,
    source: "okta",
    event,
    outcome: "accepted",
  });
  const list = (hours: number, more: { limit?: number; deadline?: number } = {}) =>
    place.recent.list({ since: now - hours * 60 * minute, limit: 1000, deadline: Infinity, ...more });

  it("is no other line, whatever it holds", async () => {
    await place.put("events-apply", [
      [now - 9000, { message: "event seen before", source: "okta", event: "e-1", outcome: "accepted" }],
      [now - 8000, { ...settled("e-2"), message: "delivery failed", note: recentMessages.settled }],
      [now - 7000, { ...settled("e-3"), outcome: "applied" }],
      [now - 6000, { ...settled("e-4"), source: 1 }],
      [now - 5000, `a text about an ${recentMessages.settled}`],
      [now - 4000, JSON.stringify(settled("e-5"))],
      [now - 3000, JSON.stringify({ _aws: {}, service: "…", EventsAccepted: 1 })],
      [now - 2000, "null"],
    ]);
    expect(await list(1)).toEqual({ events: [], deliveries: [], isComplete: true });
  });

  it("is read page by page, the newest window first; it is said when not all was read", async () => {
    await place.put("events-apply", [[now - 100 * minute, settled("old")]]);
    await place.put(
      "events-apply",
      Array.from({ length: 2500 }, (_, index) => [now - 30 * minute + index, settled(`e-${index}`)] as const),
    );
    await place.put("triggers-cognito", [
      [now - 20 * minute, { message: recentMessages.delivered, source: "cognito", events: 1 }],
    ]);
    const all = await list(2, { limit: 3000 });
    expect(all).toMatchObject({ isComplete: true, events: { length: 2501 } });
    expect(all.events[0]?.id).toBe("old");
    expect(all.deliveries).toEqual([
      { source: "cognito", accepted: 1, lastAt: new Date(now - 20 * minute).toISOString() },
    ]);
    const some = await list(2, { limit: 100 });
    expect(some).toMatchObject({ isComplete: false, events: { length: 100 } });
    expect(some.events.at(-1)?.id).toBe("e-2499");
    const late = await list(2, { deadline: Date.now() });
    expect(late).toEqual({ events: [], deliveries: [], isComplete: false });
  });

  it("cannot be read where a log is missing, which is said in AWS's word", async () => {
    const missing = loggedRecent({ service: randomUUID(), stage, receiving });
    await expect(missing.list({ since: now, limit: 1, deadline: Infinity })).rejects.toMatchObject({
      code: "misconfigured",
      reason: "log-unreadable",
      hint: "AWS says ResourceNotFoundException",
    });
  });
});
