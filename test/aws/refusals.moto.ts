import { randomUUID } from "node:crypto";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { beforeEach, describe, expect, it } from "vitest";
import { loggedRefusals } from "#lib/aws/refusals.ts";
import { refusalMessage, type Refusal } from "#lib/contract/refusals.ts";

const logs = new CloudWatchLogsClient();
const stage = "prod";
const sources = ["clerk", "okta"];
const minute = 60_000;

const refusal = (source: string, more: Partial<Refusal> = {}): Refusal => ({
  status: 401,
  reason: "proof-missing",
  source,
  method: "POST",
  headers: "content-type,host",
  bodyBytes: 12,
  place: "header authorization",
  secretVersions: 2,
  ...more,
});

describe("refused deliveries in CloudWatch Logs", () => {
  let service: string;
  let now: number;
  beforeEach(async () => {
    service = `inbound-${randomUUID()}`;
    now = Date.now();
    for (const name of ["webhooks-clerk", "webhooks-okta", "unclaimed-refuse"]) {
      const logGroupName = groupOf(name);
      await logs.send(new CreateLogGroupCommand({ logGroupName }));
      await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName: "1" }));
    }
  });
  const groupOf = (name: string) => `/aws/lambda/${service}-${stage}-${name}`;

  /** Puts lines of a function's log, each with its age in minutes. */
  async function put(name: string, lines: readonly (readonly [minutesAgo: number, line: unknown])[]) {
    const logEvents = lines
      .toSorted(([one], [other]) => other - one)
      .map(([minutesAgo, line]) => ({
        timestamp: now - minutesAgo * minute,
        message: typeof line === "string" ? line : JSON.stringify(line),
      }));
    await logs.send(new PutLogEventsCommand({ logGroupName: groupOf(name), logStreamName: "1", logEvents }));
  }
  /** A line as Lambda writes it. */
  const line = (fields: object, message: string = refusalMessage) => ({
    timestamp: "…",
    level: "WARN",
    requestId: "1",
    message: { message, service, stage, ...fields },
  });
  const list = (more: { limit?: number; source?: string; hours?: number; deadline?: number } = {}) => {
    const { limit = 100, hours = 24, deadline = Infinity, ...source } = more;
    const since = Date.now() - hours * 60 * minute;
    return loggedRefusals({ service, stage, sources }).list({ since, limit, deadline, ...source });
  };

  it("are read from every door, the newest first, with every field", async () => {
    const near: Refusal = {
      status: 401,
      reason: "route-unknown",
      nearSource: "okta",
      method: "GET",
      headers: "host",
      bodyBytes: 0,
    };
    const stale = refusal("okta", { reason: "timestamp-stale", seconds: 412, toleranceSeconds: 300 });
    await put("webhooks-clerk", [[300, line(refusal("clerk"))]]);
    await put("webhooks-okta", [
      [1, line(stale)],
      [1200, line(refusal("okta", { untold: 17, secretChangedAt: "2026-01-01T00:00:00.000Z" }))],
    ]);
    await put("unclaimed-refuse", [[2, line(near)]]);

    const at = (minutesAgo: number) => new Date(now - minutesAgo * minute).toISOString();
    expect(await list()).toEqual({
      isComplete: true,
      refusals: [
        { ...stale, at: at(1) },
        { ...near, at: at(2) },
        { ...refusal("clerk"), at: at(300) },
        {
          ...refusal("okta", { untold: 17, secretChangedAt: "2026-01-01T00:00:00.000Z" }),
          at: at(1200),
        },
      ],
    });
    const ofOkta = await list({ source: "okta" });
    expect(ofOkta.refusals.map(({ reason }) => reason)).toEqual([
      "timestamp-stale",
      "route-unknown",
      "proof-missing",
    ]);
    expect((await list({ source: "clerk" })).refusals).toHaveLength(1);
    expect((await list({ hours: 1 })).refusals).toHaveLength(2);
  });

  it("are no other lines, whatever they hold", async () => {
    await put("webhooks-okta", [
      [1, line({ source: "okta" }, "delivery accepted")],
      [2, line({ note: refusalMessage, ...refusal("okta") }, "delivery not taken")],
      [3, `a text about a ${refusalMessage}`],
      [4, line({ status: 200, reason: "proof-missing" })],
      [5, { message: refusalMessage }],
    ]);
    expect(await list()).toEqual({ isComplete: true, refusals: [] });
  });

  it("are read page by page; it is said when not all were read", async () => {
    const many = Array.from({ length: 2500 }, (_, index) => [index / 2500, line(refusal("okta"))] as const);
    await put("webhooks-okta", many);
    await put("webhooks-okta", [[600, line(refusal("okta", { reason: "proof-mismatch" }))]]);
    const all = await list({ limit: 5000 });
    expect(all).toMatchObject({ isComplete: true, refusals: { length: 2501 } });
    expect(all.refusals.at(-1)).toMatchObject({ reason: "proof-mismatch" });
    const some = await list({ limit: 100 });
    expect(some).toMatchObject({ isComplete: false, refusals: { length: 100 } });
    expect(some.refusals[0]?.at).toBe(new Date(now).toISOString());
    expect(await list({ deadline: Date.now() })).toEqual({ isComplete: false, refusals: [] });
  });

  it("cannot be read where a log is missing, which is said in AWS's word", async () => {
    const other = loggedRefusals({ service, stage, sources: ["feishu"] });
    await expect(other.list({ since: now, limit: 1, deadline: Infinity })).rejects.toMatchObject({
      code: "misconfigured",
      reason: "log-unreadable",
      hint: "AWS says ResourceNotFoundException",
    });
  });
});
