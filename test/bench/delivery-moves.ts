import { createAuthingClient } from "#lib/authing/client.ts";
import type { Change } from "#lib/contract/change.ts";
import type { DeliveryContext, Task } from "#lib/delivery/context.ts";
import { deliver } from "#lib/delivery/deliver.ts";
import { createPace } from "#lib/delivery/pace.ts";
import { memoryLedger } from "../memory/ledger.ts";
import { startSandbox } from "#infra/sandbox/sandbox.ts";
import { accessKey, person } from "./delivery-batch.ts";

// The same people are brought, changed by movers, changed by rows of a file, and let go, in this order, at one sandbox in this process.

const peopleOf = { creates: 50_000, updates: 50_000, rows: 10_000, departures: 10_000 } as const;
/** Changes that are delivered together, as in a step of a roster. */
const together = 1000;
const source = "hr";

const everybody = Array.from({ length: peopleOf.creates }, (_, number) => {
  const { departmentIds: _departments, customData: _data, ...rest } = person(number);
  return { ...rest, externalId: `hr-${number}` };
});
type Person = (typeof everybody)[number];

/** How long a mover of 50,000, a row of 10,000 that changes an account, and a departure of 10,000 take, each × a joiner of 50,000. */
export async function timesOfMoves(): Promise<Readonly<Record<"updates" | "rows" | "departures", number>>> {
  const sandbox = await startSandbox({ accessKeys: [accessKey] });
  const authing = createAuthingClient({ host: sandbox.url, credentials: async () => accessKey });
  const wait = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
  const clock = { now: Date.now, wait, random: Math.random };
  const context: DeliveryContext = {
    authing,
    ledger: memoryLedger(),
    clock,
    // Faster than the sandbox: what is compared is the work, not the pace.
    pace: createPace({ clock, maxPerSecond: 10_000, startPerSecond: 10_000 }),
    leavePolicy: () => "resign",
    rehirePolicy: () => "reactivate",
    log: { info() {}, warn() {}, error() {} },
    otpPolicy: "import",
    deadline: Infinity,
  };

  /** Seconds of each person. */
  async function seconds(
    kind: keyof typeof peopleOf,
    changeOf: (each: Person) => Change,
    more: (each: Person) => Partial<Task>,
  ) {
    const since = Date.now();
    const begun = performance.now();
    for (let start = 0; start < peopleOf[kind]; start += together) {
      const tasks = everybody.slice(start, start + together).map((each): Task => {
        const { externalId: subject } = each;
        const origin = { by: `${source}/${subject}/${since}`, source, since, links: true, isSame: false };
        return { ...origin, ...more(each), change: changeOf(each) };
      });
      const { outcomes, stopped } = await deliver(tasks, context);
      if (stopped || outcomes.some((outcome) => outcome?.kind !== "accepted"))
        throw new TypeError("a change was not accepted");
    }
    return (performance.now() - begun) / 1000 / peopleOf[kind];
  }

  try {
    const create = (each: Person): Change => ({ kind: "create", person: each, trail: {} });
    const creates = await seconds("creates", create, ({ externalId: subject }) => ({
      subject,
      owner: source,
    }));
    const ids = new Map(sandbox.users().map(({ externalId, userId }) => [externalId, userId]));
    const known = ({ externalId }: Person): Partial<Task> => ({
      subject: externalId,
      known: { source, subject: externalId, externalId, userId: ids.get(externalId) ?? "", told: {} },
    });
    const changed = { nickname: "新", address: "中山路 1 号" };
    const updates = await seconds(
      "updates",
      () => ({ kind: "update", who: {}, person: changed, complete: false, trail: {} }),
      known,
    );
    const rows = await seconds(
      "rows",
      (each) => create({ ...each, nickname: "更新" }),
      () => ({ source: "uploads", owner: source, updates: true }),
    );
    const departures = await seconds("departures", () => ({ kind: "leave", who: {} }), known);
    return { updates: updates / creates, rows: rows / creates, departures: departures / creates };
  } finally {
    authing.close();
    await sandbox.close();
  }
}
