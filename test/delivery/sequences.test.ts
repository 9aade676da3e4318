import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LeavePolicy, OtpPolicy } from "#lib/contract/policies.ts";
import type { EventRecord } from "#lib/contract/ledger.ts";
import { memoryLedger, type MemoryLedger } from "#infra/local/ledger.ts";
import type { Change } from "#lib/contract/change.ts";
import type { ScriptedFault } from "#infra/sandbox/faults.ts";
import { openWorld, personOf, told, type Message, type World } from "./world.ts";

// Random lives of four people, told by two sources in any order, twice and late, while Authing fails and processes end. A
// small model says what may be there in the end.

type Kind =
  | "create"
  | "update"
  | "open"
  | "close"
  | "complete-update"
  | "leave"
  | "import-otp"
  | "create-with-otp";

interface Told {
  readonly source: "hr" | "idp";
  readonly person: number;
  readonly kind: Kind;
  /** When it happened, by its place among all. */
  readonly rank: number;
}

interface Sequence {
  readonly leave: LeavePolicy;
  readonly otp: OtpPolicy;
  readonly batchMode: "all-or-nothing" | "partial";
  readonly unknownInLookUp: "left-out" | "refused";
  readonly events: readonly Told[];
  /** Which events come again, and after how many others. */
  readonly repeated: readonly { which: number; after: number }[];
  /** How many messages the queue gets at a time. */
  readonly portion: number;
  readonly batchSize: number;
  readonly invocationsAtOnce: number;
  readonly faults: readonly ScriptedFault[];
  /** After how many steps the process of the moment ends. */
  readonly deaths: readonly number[];
}

const kinds = (departures: number) =>
  fc.oneof(
    { weight: 4, arbitrary: fc.constant<Kind>("create") },
    { weight: 3, arbitrary: fc.constant<Kind>("update") },
    { weight: 2, arbitrary: fc.constant<Kind>("complete-update") },
    { weight: 1, arbitrary: fc.constant<Kind>("open") },
    { weight: departures, arbitrary: fc.constant<Kind>("leave") },
    { weight: departures / 3, arbitrary: fc.constant<Kind>("close") },
    { weight: 2, arbitrary: fc.constant<Kind>("import-otp") },
    { weight: 1, arbitrary: fc.constant<Kind>("create-with-otp") },
  );

const drawn = (departures: number) =>
  fc.record({
    source: fc.constantFrom("hr" as const, "idp" as const),
    // Much about one, so that it meets.
    person: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.nat({ max: 3 }) }),
    kind: kinds(departures),
    place: fc.nat({ max: 1_000 }),
  });

/** In any order, no two at the same moment. */
const someEvents = fc.array(drawn(3), { minLength: 1, maxLength: 14 }).map((events) => {
  const order = events
    .map((_, index) => index)
    .toSorted((one, other) => (events[one]?.place ?? 0) - (events[other]?.place ?? 0) || one - other);
  return events.map(({ source, person, kind }, index): Told => ({
    source,
    person,
    kind,
    rank: order.indexOf(index),
  }));
});

/** More departures than the guard lets through. */
const departures = fc.array(drawn(60), { minLength: 11, maxLength: 22 }).map((events) =>
  events.map(({ person, kind, place }, rank): Told => ({
    source: place < 100 ? "idp" : "hr",
    person,
    kind,
    rank,
  })),
);

const fault: fc.Arbitrary<ScriptedFault> = fc.record({
  on: fc.constantFrom(
    "any",
    "create-users-batch",
    "update-user",
    "set-user-departments",
    "resign-user-batch",
    "get-user",
  ),
  fault: fc.constantFrom(
    { kind: "none" },
    { kind: "http-429" },
    { kind: "http-429", retryAfterSeconds: 2 },
    { kind: "body-429" },
    { kind: "http-500" },
    { kind: "body-500", applied: true },
    { kind: "http-502", applied: true },
    { kind: "http-503" },
    { kind: "html-200", applied: true },
    { kind: "unauthorized" },
    { kind: "hang-after-applying" },
    { kind: "reset-after-applying" },
    { kind: "reset-before-applying" },
    { kind: "slow", milliseconds: 5_000 },
  ),
});

const sequence: fc.Arbitrary<Sequence> = fc.record({
  leave: fc.constantFrom<LeavePolicy>("resign", "resign", "delete", "suspend"),
  otp: fc.constantFrom<OtpPolicy>("import", "inline"),
  batchMode: fc.constantFrom("all-or-nothing" as const, "partial" as const),
  unknownInLookUp: fc.constantFrom("left-out" as const, "refused" as const),
  events: fc.oneof({ weight: 5, arbitrary: someEvents }, { weight: 1, arbitrary: departures }),
  repeated: fc.array(fc.record({ which: fc.nat({ max: 30 }), after: fc.nat({ max: 30 }) }), { maxLength: 3 }),
  portion: fc.integer({ min: 1, max: 12 }),
  batchSize: fc.integer({ min: 1, max: 10 }),
  invocationsAtOnce: fc.integer({ min: 1, max: 3 }),
  faults: fc.array(fault, { maxLength: 8 }),
  deaths: fc.array(fc.integer({ min: 1, max: 120 }), { maxLength: 3 }),
});

const secretOf = ({ source, rank }: Told) =>
  `JBSWY3DPEHPK3PXP${source === "hr" ? "A" : "B"}${String.fromCharCode(65 + (rank % 26))}${rank < 26 ? "AAAAAA" : "BBBBBB"}`;
const idOf = (event: Told) => `${event.kind}-${event.rank}`;
const cityOf = ({ source, rank }: Told) => `${source}-${rank}`;

function changesOf(event: Told): Change[] {
  const externalId = String(event.person);
  const who = { externalId };
  const trail = {};
  const city = cityOf(event);
  const create = { kind: "create", person: personOf(externalId), trail } as const;
  const otp = { kind: "import-otp", who, otp: { secret: secretOf(event) } } as const;
  switch (event.kind) {
    case "create":
      return [create];
    case "create-with-otp":
      // In either of the two places where it may stand.
      return event.rank % 2 === 0
        ? [create, otp]
        : [{ ...create, person: { ...create.person, otp: otp.otp } }];
    case "update":
      return [{ kind: "update", who, person: { city, departmentIds: [city] }, complete: false, trail }];
    case "open":
      return [{ kind: "update", who, person: { status: "Activated" }, complete: false, trail }];
    case "close":
      return [{ kind: "update", who, person: { status: "Suspended" }, complete: false, trail }];
    case "complete-update":
      return [
        {
          kind: "update",
          who,
          person: personOf(externalId, { city, departmentIds: [city] }),
          complete: true,
          trail,
        },
      ];
    case "leave":
      // An identity provider deletes somebody by its own id alone.
      return [{ kind: "leave", who: event.source === "idp" ? {} : who }];
    case "import-otp":
      return [otp];
  }
}

const messageOf = (event: Told): Message =>
  told(event.source, idOf(event), `${event.source}-${event.person}`, event.rank, changesOf(event));

async function play(world: World, { events, repeated, portion, faults, deaths }: Sequence): Promise<void> {
  world.pool.script(faults);
  let step = 0;
  for (const more of deaths) world.lives.endAt((step += more));
  const messages = events.map(messageOf);
  for (const { which, after } of repeated) {
    const again = events[which % events.length];
    if (again) messages.splice(which + after, 0, messageOf(again));
  }
  for (let start = 0; start < messages.length; start += portion)
    await world.deliver(messages.slice(start, start + portion));
  await world.deliverWaiting();
}

const isPlaced = (record: EventRecord) =>
  record.outcome.kind === "accepted" || record.outcome.kind === "already-done";
const newest = (events: readonly Told[]) => events.toSorted((one, other) => other.rank - one.rank)[0];

/** The rules that do not hold in the end. */
async function brokenRules(
  world: World,
  ledger: MemoryLedger,
  { events, leave }: Sequence,
): Promise<readonly string[]> {
  const broken: string[] = [];
  const rule = (holds: boolean, name: string) => void (holds || broken.push(name));
  const users = world.pool.users();
  const records = ledger.recent(1_000);

  for (const kind of ["userId", "externalId", "email"] as const)
    rule(new Set(users.map((user) => user[kind])).size === users.length, `nobody is there twice by ${kind}`);

  const nameOf = (event: Told) => `${event.source}/${idOf(event)}`;
  const isSame = (one: readonly string[], other: readonly string[]) =>
    one.toSorted().join() === other.toSorted().join();
  const names = records.map(({ source, id }) => `${source}/${id}`);
  rule(isSame(names, events.map(nameOf)), "every event ends in exactly one outcome");
  const held = records.filter(({ outcome }) => outcome.kind === "held").map(({ id }) => id);
  const shelved = (await world.parked.list("held", 100)).map(({ ledgerId }) => ledgerId);
  rule(isSame(held, shelved), "what is held waits on the shelf");
  rule((await world.parked.list("dead", 100)).length === 0, "nothing is dead");

  const bySubject = Map.groupBy(records.filter(isPlaced), ({ source, subject }) => `${source}#${subject}`);
  for (const [subject, applied] of bySubject) {
    const times = applied.map(({ occurredAt }) => occurredAt);
    rule(times.join() === times.toSorted().join(), `nothing older was applied about ${subject}`);
  }

  for (const source of ["hr", "idp"]) {
    const own = records.filter((each) => each.source === source);
    const departures = own.filter(({ changes }) => changes.includes("leave"));
    const taken = departures.filter(({ outcome }) => outcome.kind !== "held").length;
    rule(taken <= 10, `departures beyond the guard are held for ${source}`);
    // Who is closed twice has left once.
    const closings = own.filter(({ id }) => /^(leave|close)-/.test(id));
    const isWave = closings.length > 10;
    const isAnyHeld = own.some(({ outcome }) => outcome.kind === "held");
    rule(isWave || !isAnyHeld, `no other departure is held for ${source}`);
  }

  const recordOf = new Map(records.map((record) => [`${record.source}/${record.id}`, record]));
  for (const externalId of ["0", "1", "2", "3"]) {
    const user = users.find((candidate) => candidate.externalId === externalId);
    const isActive = user?.status === "Activated";
    const own = events
      .filter(({ person }) => String(person) === externalId)
      .map((event) => ({ ...event, record: recordOf.get(nameOf(event)) }));
    const applied = own.filter(({ record }) => record && isPlaced(record));
    const departures = own.filter(({ kind }) => kind === "leave" || kind === "close");
    const isClosed = own.some(({ kind }) => kind === "close");
    const known = await ledger.person(externalId);

    // Who was only ever said to have left may be there without the ledger knowing by which id.
    rule((known?.userId ?? user?.userId) === user?.userId || !user, `the ledger knows ${externalId}`);
    rule(leave !== "delete" || isClosed || !user || isActive, `nobody deleted is there: ${externalId}`);

    const bringer = known?.createdBy.split("/")[0];
    const words = applied.filter(({ source }) => source === bringer);
    // A joiner may have been created, deleted by another source before their event was over, and then be refused: of what
    // that source calls by its own id alone, nobody knows who it is.
    const brought = words.some(({ kind }) => kind !== "leave");
    rule(
      !brought || newest(words)?.kind !== "leave" || !isActive,
      `who left by their own source is away: ${externalId}`,
    );

    // A server error may have been taken for the record's own.
    const wasRefused = own.some(
      ({ record }) => record?.outcome.kind === "rejected" && record.outcome.statusCode === 500,
    );
    const joins = own.filter(({ kind }) => kind.startsWith("create") || kind === "complete-update");
    const stays = departures.length === 0 && joins.length > 0;
    rule(!stays || wasRefused || isActive, `who joined and never left is there: ${externalId}`);

    const isUnknown = own.some(({ record }) => record?.outcome.reason === "user-unknown");
    const secretsOnly = own.every(({ kind }) => kind.startsWith("create") || kind === "import-otp");
    rule(
      !secretsOnly || !stays || wasRefused || !isUnknown,
      `a secret that comes first waits for its person: ${externalId}`,
    );

    const [only, ...others] = new Set(departures.map(({ source }) => source));
    const last = newest(own.filter(({ source }) => source === only));
    const cameBack = others.length === 0 && !isClosed && last?.kind.startsWith("create");
    rule(!cameBack || wasRefused || isActive, `who came back is there: ${externalId}`);

    const { city } = (user ?? {}) as { city?: string };
    const [source = "", rank = ""] = city?.split("-") ?? [];
    const isOvertaken = own.some(
      (event) =>
        event.source === source &&
        event.kind.endsWith("update") &&
        event.record?.outcome.kind === "accepted" &&
        event.rank > Number(rank),
    );
    rule(leave === "delete" || !isOvertaken, `the newest word counts for ${externalId}`);

    // Who leaves loses them, and who never came has none.
    const isSettledHere = departures.length === 0 && !wasRefused && city !== undefined;
    rule(
      !isSettledHere || user?.departmentIds?.join() === city,
      `departments go with everything else: ${externalId}`,
    );

    const secrets = applied.filter(
      ({ kind, record }) =>
        kind.endsWith("otp") && record?.outcome.kind === "accepted" && record.outcome.userId === user?.userId,
    );
    const hasSecret = user && world.pool.otpOf(user.userId) !== undefined;
    rule(
      !user || secrets.length === 0 || hasSecret === true,
      `a secret that was accepted is there: ${externalId}`,
    );
  }
  return broken;
}

/** `SEQUENCES=100000` looks longer. */
const sequences = Number(process.env["SEQUENCES"] ?? 5_000);

describe("random sequences of events, duplicates, reorders, faults and deaths", () => {
  it("end in a state that the model allows", async () => {
    const property = fc.asyncProperty(sequence, async (lives) => {
      let ledger = memoryLedger();
      const makeLedger = (now: () => number) => (ledger = memoryLedger(now));
      const { leave, otp, batchMode, unknownInLookUp, batchSize, invocationsAtOnce } = lives;
      const options = { leave, otp, batchMode, unknownInLookUp, batchSize, invocationsAtOnce };
      const world = await openWorld({ makeLedger, direct: true, ...options });
      await play(world, lives);
      const broken = await brokenRules(world, ledger, lives);
      if (broken.length > 0) throw new Error(broken.join("; "));
    });
    const result = await fc.check(property, { numRuns: sequences });
    expect(result.failed, `${fc.defaultReportMessage(result)} ${String(result.errorInstance)}`).toBe(false);
  }, 600_000);
});
