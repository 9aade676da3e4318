import { createAuthingClient } from "#lib/authing/client.ts";
import type { CreateUserInfoDto } from "#lib/contract/person.ts";
import type { Task } from "#lib/delivery/context.ts";
import { deliver } from "#lib/delivery/deliver.ts";
import { createPace } from "#lib/delivery/pace.ts";
import { memoryLedger } from "../memory/ledger.ts";
import { startSandbox } from "#infra/sandbox/sandbox.ts";
import { accessKey, person } from "./delivery-batch.ts";

export const batchModes = ["all-or-nothing", "partial"] as const;
export const poisons = ["duplicate", "invalid"] as const;

const batchSize = 50;
/** The index of the bad record in the batch. */
const positions = [0, 24, 25, 49];

/** How many more calls one bad record costs than fifty good records do, at the worst of some places in the batch. */
export async function extraCalls(
  batchMode: (typeof batchModes)[number],
  poison: (typeof poisons)[number],
): Promise<number> {
  const clean = await calls(batchMode, undefined);
  const extra = [];
  for (const position of positions) extra.push((await calls(batchMode, { poison, position })) - clean);
  return Math.max(...extra);
}

async function calls(
  batchMode: (typeof batchModes)[number],
  bad: { poison: (typeof poisons)[number]; position: number } | undefined,
): Promise<number> {
  const sandbox = await startSandbox({
    accessKeys: [accessKey],
    batchMode,
    customFields: ["employeeNumber"],
  });
  const authing = createAuthingClient({ host: sandbox.url, credentials: async () => accessKey });
  const clock = { now: Date.now, wait: () => Promise.resolve(), random: Math.random };
  try {
    // Another person has the e-mail address of the last one.
    const stranger = { ...goodPerson(batchSize), externalId: "another-system-1" };
    await authing.createUsersBatch({ list: [stranger] });
    const people = Array.from({ length: batchSize }, (_, number) => goodPerson(number));
    if (bad) people[bad.position] = badPerson(bad.poison);
    const before = sandbox.requests.length;
    const { outcomes } = await deliver(
      people.map((each, row): Task => ({
        change: { kind: "create", person: each, trail: {} },
        by: `uploads/bench/${row}`,
        source: "uploads",
        since: Date.now(),
        links: true,
        isSame: false,
      })),
      {
        authing,
        ledger: memoryLedger(),
        clock,
        pace: createPace({
          clock: { ...clock, wait: waitInEarnest },
          maxPerSecond: 1000,
          startPerSecond: 1000,
        }),
        leavePolicy: () => "resign",
        rehirePolicy: () => "reactivate",
        log: { info() {}, warn() {}, error() {} },
        otpPolicy: "import",
        deadline: Date.now() + 60_000,
      },
    );
    const wanted = outcomes.every(
      (outcome, row) => outcome?.kind === (row === bad?.position ? "rejected" : "accepted"),
    );
    if (!wanted) throw new TypeError("the bad record alone should have been refused");
    return sandbox.requests.length - before;
  } finally {
    authing.close();
    await sandbox.close();
  }
}

function goodPerson(number: number): CreateUserInfoDto {
  const { departmentIds: _, ...rest } = person(number);
  return { ...rest, customData: { employeeNumber: String(number) } };
}

function badPerson(poison: (typeof poisons)[number]): CreateUserInfoDto {
  const { email, ...rest } = goodPerson(batchSize);
  if (poison === "duplicate") {
    return {
      externalId: "hr-duplicate",
      username: "another.person",
      name: "何晓",
      ...(email !== undefined && { email }),
    };
  }
  return {
    ...rest,
    externalId: "hr-invalid",
    username: "invalid",
    phone: "13900000000",
    customData: { unknown: "1" },
  };
}

const waitInEarnest = (milliseconds: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
