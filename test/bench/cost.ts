import { startMeter, type Usage } from "./aws-meter.ts";
import { createStage, environmentOf, ledgerIndexes, startMoto } from "./moto-server.ts";
import { dollarsOf } from "./prices.ts";
import type { Costs, Count, Section } from "./section.ts";

// What AWS would bill, counted: the ports of lib/aws call moto through a meter. docs/cost.md says what is in it and what is not.

const deliveries = 50;
const rows = 1_000;
const people = 500;
/** How long Authing takes for a call; the sandbox here takes no time. */
const authingMilliseconds = 140;

interface Total {
  usage: Usage;
  times: number;
  milliseconds: number;
  authingCalls: number;
  received: number;
}

async function prepare() {
  const moto = await startMoto();
  const meter = await startMeter(moto.port, ledgerIndexes());
  const totals = new Map<string, Total>();
  try {
    Object.assign(process.env, environmentOf(meter.url));
    // The SDK reads its environment when it is first used.
    const work = await import("./cost-work.ts");
    const stage = await createStage("cost");
    const add = (name: string, { times, milliseconds, authingCalls, received }: Omit<Total, "usage">) => {
      const usage = meter.read();
      const before = totals.get(name);
      totals.set(name, {
        usage: before ? sum(before.usage, usage) : usage,
        times: times + (before?.times ?? 0),
        milliseconds: milliseconds + (before?.milliseconds ?? 0),
        authingCalls: authingCalls + (before?.authingCalls ?? 0),
        received: received + (before?.received ?? 0),
      });
    };
    meter.read();
    await work.applyStories(stage, (kind, worked) => add(kind, worked));
    meter.read();
    add("delivery", await work.receiveWebhooks(stage, deliveries));
    add("row", await work.importRows(stage, rows));
    add("unchanged person", await work.compareUnchanged(stage, people, () => void meter.read()));
  } finally {
    meter.close();
    moto.close();
  }

  const each = (name: string) => totals.get(name)!;
  const per = (name: string, of: keyof Usage) => each(name).usage[of] / each(name).times;
  const event = (["joiner", "mover", "leaver"] as const).map((name) => costsOf(name, each(name)));
  const perMillion = costsOf("delivery", each("delivery"))["$ per million"]! + event[0]!["$ per million"]!;
  const counts: Count[] = [
    { title: "write units of a joiner", value: per("joiner", "writeUnits"), unit: "", aim: { atMost: 6 } },
    { title: "write units of a row", value: per("row", "writeUnits"), unit: "", aim: { atMost: 1.2 } },
    {
      title: "write units of an unchanged person",
      value: per("unchanged person", "writeUnits"),
      unit: "",
      aim: { atMost: 0.02 },
    },
    { title: "a million joiners, their webhooks included", value: perMillion, unit: "$" },
    { title: "a million rows", value: costsOf("row", each("row"))["$ per million"]!, unit: "$" },
    {
      title: "a million unchanged people",
      value: costsOf("unchanged person", each("unchanged person"))["$ per million"]!,
      unit: "$",
    },
  ];
  return {
    cases: [...totals].map(([name, total]) => ({ name, run: async () => costsOf(name, total) })),
    ratios: [],
    counts,
  };
}

function sum(one: Usage, other: Usage): Usage {
  return Object.fromEntries(
    Object.entries(one).map(([name, value]) => [name, value + other[name as keyof Usage]]),
  ) as unknown as Usage;
}

/** The cost of one. */
function costsOf(name: string, { usage, times, milliseconds, authingCalls, received }: Total): Costs {
  // The poller of Lambda receives and deletes each message; where ten come together it needs a tenth of that.
  const polled = 2 * received;
  const isEvent = ["joiner", "mover", "leaver"].includes(name);
  const billed = {
    ...usage,
    ...(isEvent
      ? { fifoRequests: usage.fifoRequests + polled }
      : { standardRequests: usage.standardRequests + polled }),
  };
  const isDelivery = name === "delivery";
  const time = milliseconds + authingCalls * authingMilliseconds;
  const dollars = dollarsOf(billed, {
    httpRequests: isDelivery ? times : 0,
    invocations: isDelivery ? times : received,
    milliseconds: time,
  });
  return {
    "DynamoDB calls": usage.dynamodbRequests / times,
    "write units": usage.writeUnits / times,
    "in the index": usage.indexWriteUnits / times,
    "read units": usage.readUnits / times,
    "SQS requests": (billed.fifoRequests + billed.standardRequests) / times,
    "S3 requests": (usage.s3Writes + usage.s3Reads) / times,
    "ms of Lambda": time / times,
    "$ per million": (dollars / times) * 1e6,
  };
}

export const cost: Section = {
  name: "cost",
  about:
    "what AWS bills for one event, row or person, counted between the SDK and moto; needs `npm run test:aws` once",
  rounds: 1,
  prepare,
};
