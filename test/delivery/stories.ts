import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import type { UserDto } from "#lib/authing/dto.ts";
import type { Ledger } from "#lib/contract/ledger.ts";
import type { Parked } from "#lib/contract/parked.ts";
import { smallStoriesOfDecisions, storiesOfDecisions } from "./stories-decisions.ts";
import { storiesOfAuthority } from "./stories-authority.ts";
import { storiesOfDates } from "./stories-dates.ts";
import { smallStoriesOfNewest, storiesOfNewest } from "./stories-newest.ts";
import { storiesOfOrder } from "./stories-order.ts";
import { storiesOfPeople } from "./stories-people.ts";
import { storiesOfSecrets } from "./stories-secrets.ts";
import { smallStoriesOfTrouble, storiesOfTrouble } from "./stories-trouble.ts";
import type { Story } from "./story.ts";
import { accessKey, openWorld, type World, type WorldOptions } from "./world.ts";
import { memoryParked } from "../memory/parked.ts";

// The stories over one ledger: as they were told, and killed.

// CommonJS, and it sets defaults of axios for the whole process.
const { ManagementClient } = createRequire(import.meta.url)("authing-node-sdk") as {
  ManagementClient: new (options: object) => {
    listUsers(request: object): Promise<{ data: { totalCount: number; list: UserDto[] } }>;
  };
};

type MakeLedger = (now: () => number) => Ledger | Promise<Ledger>;
type Ports = Pick<WorldOptions, "makeLedger" | "makeParked" | "direct">;

/** As they were told; where the ledger is slow, with fewer people. */
const storiesAsTold = (isSlow: boolean): readonly Story[] => [
  ...storiesOfOrder,
  ...storiesOfTrouble(isSlow),
  ...storiesOfDecisions(isSlow),
  ...storiesOfNewest,
];

/** Small enough to be killed at every step. */
const smallStories: readonly Story[] = [
  ...storiesOfOrder,
  ...smallStoriesOfTrouble,
  ...smallStoriesOfDecisions,
  ...storiesOfSecrets,
  ...storiesOfPeople,
  ...smallStoriesOfNewest,
  ...storiesOfAuthority,
  ...storiesOfDates,
];

export interface SuiteOptions {
  /** How often at most a story is killed, at steps far from each other. Default: once at every step. */
  readonly kills?: number;
  /** A ledger that takes milliseconds for each call. */
  readonly isSlow?: boolean;
  /** Default: parked messages in memory. */
  readonly makeParked?: () => Parked;
  /** Without the network between client and sandbox, which is faster. Default false. */
  readonly direct?: boolean;
}

/** The stories over one ledger: as they were told, and killed. */
export function storiesSuite(
  name: string,
  makeLedger: MakeLedger,
  { kills = Infinity, isSlow = false, makeParked = memoryParked, direct = false }: SuiteOptions = {},
): void {
  const ports: Ports = { makeLedger, makeParked, direct };
  describe(`delivery over the ledger ${name}`, () => {
    for (const story of storiesAsTold(isSlow)) {
      it(`${story.name}: nothing is lost, nothing doubled`, async () => {
        expect(await live(story, ports)).toBeGreaterThan(0);
      }, 120_000);
    }
  });
  describe(`delivery over the ledger ${name}, killed`, () => {
    for (const story of smallStories) {
      it(`${story.name}: nothing is lost, nothing doubled, whichever step is the last`, async () => {
        const steps = await live(story, ports);
        expect(steps).toBeGreaterThan(0);
        const stride = Math.max(1, Math.ceil(steps / kills));
        for (let step = 1; step <= steps; step += stride) await live(story, ports, step);
      }, 120_000);
    }
  });
}

/** Plays a story, once killed or not at all; resolves to the number of its steps. */
async function live(story: Story, ports: Ports, deathAt?: number): Promise<number> {
  const world = await openWorld({ ...ports, ...story.options });
  try {
    await story.prepare?.(world);
    const before = world.lives.steps;
    if (deathAt !== undefined) world.lives.endAt(deathAt);
    await story.play(world);
    await world.deliverWaiting();
    const { steps, deaths } = world.lives;
    expect(deaths).toBe(deathAt === undefined ? 0 : 1);
    await story.check(world, deathAt === undefined);
    await agree(world, story, deathAt === undefined);
    return steps - before;
  } catch (error) {
    if (error instanceof Error && deathAt !== undefined) error.message += ` (killed at step ${deathAt})`;
    throw error;
  } finally {
    await world.close();
  }
}

/** Each event has its one outcome, no person is there twice, and what the ledger says is what is there. */
async function agree(world: World, { events }: Story, asksOfficialClient: boolean): Promise<void> {
  const users = asksOfficialClient && world.sandbox ? await listUsers(world) : world.pool.users();
  for (const kind of ["userId", "externalId", "email"] as const)
    expect(new Set(users.map((user) => user[kind])).size).toBe(users.length);
  const byExternalId = new Map(users.map((user) => [user.externalId, user]));
  for (const { source, event } of events) {
    const record = await world.recordOf(source, event.id);
    if (!record) throw new Error(`${source}/${event.id} has no outcome`);
    const { externalId, outcome } = record;
    if (
      outcome.userId !== undefined &&
      outcome.kind !== "rejected" &&
      externalId !== undefined &&
      byExternalId.has(externalId)
    )
      expect(byExternalId.get(externalId)).toMatchObject({ userId: outcome.userId });
    if (outcome.kind === "accepted" && record.changes[0] === "create")
      expect(byExternalId.get(externalId), `${source}/${event.id}`).toBeDefined();
  }
  for (const user of users) {
    const known = await world.ledger.person(user.externalId ?? "");
    expect(known?.userId, user.externalId).toBe(user.userId);
    if (known?.closedBy) expect(user.status).not.toBe("Activated");
  }
}

/** What Authing's own client says is there. */
async function listUsers({ sandbox }: World): Promise<readonly UserDto[]> {
  const client = new ManagementClient({ ...accessKey, host: sandbox?.url });
  const users: UserDto[] = [];
  for (let page = 1; ; page += 1) {
    const { data } = await client.listUsers({ options: { pagination: { page, limit: 50 } } });
    users.push(...data.list);
    if (users.length >= data.totalCount) return users;
  }
}
