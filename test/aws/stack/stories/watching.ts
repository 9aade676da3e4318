import { PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { CreateLogStreamCommand, PutLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { expect, it } from "vitest";
import { expectAgreement } from "../agreement.ts";
import { messagesOf, metricsOf } from "../log.ts";
import { employee, putSecrets, send } from "../senders.ts";
import type { Stack } from "../stack.ts";
import type { OpenStack } from "../story.ts";

const hour = 3_600_000;
const day = 24 * hour;

/** CloudWatch has counted a delivery of a source at each of these moments. */
async function countDeliveries(stack: Stack, source: string, moments: readonly number[]): Promise<void> {
  const Dimensions = Object.entries({ service: "authing-inbound", stage: "dev", source }).map(
    ([Name, Value]) => ({ Name, Value }),
  );
  const MetricData = moments.map((at) => ({
    MetricName: "DeliveriesAccepted",
    Dimensions,
    Value: 1,
    Timestamp: new Date(at),
  }));
  await stack.cloudWatch.send(new PutMetricDataCommand({ Namespace: "AuthingInbound", MetricData }));
}

/** Lambda stores what a function has written, as of now. */
async function storeLog(stack: Stack, name: string, logStreamName: string): Promise<void> {
  const { logGroup: logGroupName } = stack.fn(name);
  const written = stack.lines.filter((line) => line.function === name);
  await stack.logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
  await stack.logs.send(
    new PutLogEventsCommand({
      logGroupName,
      logStreamName,
      logEvents: written.map(({ text }) => ({ timestamp: stack.clock.now(), message: text })),
    }),
  );
}

async function run(stack: Stack, name: string): Promise<unknown> {
  const invoked = await stack.fn(name).invoke({});
  if ("error" in invoked)
    throw new Error(`${name}: ${invoked.error.errorType}: ${invoked.error.errorMessage}`);
  return invoked.payload;
}

export function watching(open: OpenStack): void {
  it("of a source's deliveries: one that falls silent is told, one that goes on is not", async () => {
    const stack = await open();
    const now = stack.clock.now();
    const hours = Array.from({ length: 28 * 24 }, (_, back) => now - (back + 6) * hour);
    await countDeliveries(stack, "okta", hours);
    await countDeliveries(stack, "clerk", [...hours, now - hour]);
    expect(await run(stack, "watch-silence")).toEqual({ silent: ["okta"] });
    expect(messagesOf(stack, "source silent")).toMatchObject([{ source: "okta", stage: "dev" }]);
    expect(messagesOf(stack, "source heard")).toMatchObject([{ source: "clerk" }]);
    expect(metricsOf(stack)["SourceSilent"]).toBe(1);
    await countDeliveries(stack, "okta", [now - 0.5 * hour]);
    expect(await run(stack, "watch-silence")).toEqual({ silent: [] });
  });

  it("of the fields that events fill: one that a source stops filling is told the day after", async () => {
    const stack = await open();
    await putSecrets(stack, ["bamboohr"]);
    const joiners = (first: number, fields: object) =>
      Array.from({ length: 20 }, (_, index) => employee(String(first + index), "Created", fields));
    const dayOf = async (first: number, fields: object): Promise<unknown> => {
      const from = stack.lines.length;
      await send(stack, "bamboohr", { employees: joiners(first, fields) });
      await stack.settled();
      expect(messagesOf(stack, "event settled").length).toBeGreaterThan(0);
      const today = { ...stack, lines: stack.lines.slice(from) };
      await storeLog(today, "events-apply", `day-${first}`);
      await stack.clock.pass(day / 1000);
      return run(stack, "watch-fields");
    };
    expect(await dayOf(100, {})).toEqual({
      missing: 0,
    });
    const counts = JSON.parse(await stack.read("watch/filled-fields.json")) as {
      bamboohr: [{ events: number; fields: Record<string, number> }];
    };
    expect(counts.bamboohr[0]).toMatchObject({ events: 20, fields: { email: 20, name: 20 } });
    expect(await dayOf(200, { "Work Email": { value: "" } })).not.toEqual({
      missing: 0,
    });
    const missing = messagesOf(stack, "field missing").map(({ field }) => field);
    expect(missing).toContain("email");
    await expectAgreement(stack);
  });
}
