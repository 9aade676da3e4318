import * as fc from "fast-check";
import type { LeavePolicy, OtpPolicy, PeoplePolicy } from "#lib/contract/policies.ts";
import type { EventRecord } from "#lib/contract/ledger.ts";
import type { Asked } from "../operations/asked.ts";
import { memoryLedger, type MemoryLedger } from "../memory/ledger.ts";
import type { ScriptedFault } from "#infra/sandbox/faults.ts";
import { brokenFor, brokenLedger, isGone, type Told } from "./reference.ts";
import { cast, drawn, heir, statementsOf, type Draw, type SourceName, type Statement } from "./statements.ts";
import { openWorld, type Message, type World } from "./world.ts";
import { parkedList } from "../contract/parked-list.ts";

// Random lives of a few people, told by two sources in any order, twice and late, while Authing fails, processes end and operators
// decide. A small reference says what has to be there in the end.

export interface Sequence {
  readonly leave: LeavePolicy;
  readonly otp: OtpPolicy;
  readonly people: Readonly<Record<SourceName, PeoplePolicy>>;
  readonly batchMode: "all-or-nothing" | "partial";
  readonly unknownInLookUp: "left-out" | "refused";
  readonly lookUpLagMilliseconds: number;
  readonly draws: readonly Draw[];
  /** Which events come again, and after how many others. */
  readonly repeated: readonly { which: number; after: number }[];
  /** How many messages the queue gets at a time, and how many seconds lie in between. */
  readonly portion: number;
  readonly pauseSeconds: number;
  readonly batchSize: number;
  readonly invocationsAtOnce: number;
  readonly faults: readonly ScriptedFault[];
  /** After how many steps the process of the moment ends. */
  readonly deaths: readonly number[];
  /** What operators do, and after how many portions. */
  readonly acts: readonly { readonly after: number; readonly request: Asked }[];
  /** What an operator decides about departures that are held in the end, if anything. */
  readonly decision: "release" | "discard" | "later";
  /** The id that 3 had is given to 7. */
  readonly givesIdAway: boolean;
}

const anybody = fc.oneof(
  // Much about one, so that it meets.
  { weight: 6, arbitrary: fc.constant(0) },
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 2 }) },
  { weight: 2, arbitrary: fc.constant<number>(cast.renamed) },
  { weight: 2, arbitrary: fc.constant<number>(cast.moved) },
  { weight: 2, arbitrary: fc.constantFrom<number>(cast.giver, cast.taker) },
  { weight: 1, arbitrary: fc.constant<number>(cast.later) },
);
/** One person of another kind alone, whose statements meet more often than among all. */
const oneKind = fc
  .constantFrom<readonly number[]>([0], [cast.renamed], [cast.moved], [cast.giver, cast.taker], [cast.later])
  .chain((people) => fc.array(drawn(6, fc.constantFrom(...people)), { minLength: 2, maxLength: 9 }));

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

const source = fc.constantFrom<SourceName>("hr", "idp");
const request: fc.Arbitrary<Asked> = fc.oneof(
  fc.record({ operation: fc.constant("pause" as const), source }),
  fc.record({ operation: fc.constant("resume" as const), source }),
  fc.constant<Asked>({ operation: "release" }),
  fc.constant<Asked>({ operation: "discard", kind: "held" }),
  fc.constant<Asked>({ operation: "redrive", kind: "rejected" }),
  // Previews change nothing, at any moment.
  fc.constant<Asked>({ operation: "redrive", kind: "rejected", mode: "preview" }),
  fc.constant<Asked>({ operation: "release", mode: "preview" }),
);

export const sequence: fc.Arbitrary<Sequence> = fc.record({
  leave: fc.constantFrom<LeavePolicy>("resign", "resign", "delete", "suspend"),
  otp: fc.constantFrom<OtpPolicy>("import", "inline"),
  people: fc.record({
    hr: fc.constantFrom<PeoplePolicy>("own", "shared"),
    idp: fc.constantFrom<PeoplePolicy>("own", "shared"),
  }),
  batchMode: fc.constantFrom("all-or-nothing" as const, "partial" as const),
  unknownInLookUp: fc.constantFrom("left-out" as const, "refused" as const),
  lookUpLagMilliseconds: fc.constantFrom(0, 0, 2_000),
  draws: fc.oneof(
    { weight: 5, arbitrary: fc.array(drawn(6, anybody), { minLength: 1, maxLength: 14 }) },
    { weight: 5, arbitrary: oneKind },
    // More departures than the guard lets through.
    {
      weight: 2,
      arbitrary: fc.array(drawn(120, fc.integer({ min: 0, max: 2 })), { minLength: 11, maxLength: 22 }),
    },
  ),
  repeated: fc.array(fc.record({ which: fc.nat({ max: 30 }), after: fc.nat({ max: 30 }) }), { maxLength: 3 }),
  portion: fc.integer({ min: 1, max: 12 }),
  pauseSeconds: fc.constantFrom(0, 0, 20, 90),
  batchSize: fc.integer({ min: 1, max: 10 }),
  invocationsAtOnce: fc.integer({ min: 1, max: 3 }),
  faults: fc.array(fault, { maxLength: 8 }),
  deaths: fc.array(fc.integer({ min: 1, max: 120 }), { maxLength: 3 }),
  acts: fc.array(fc.record({ after: fc.nat({ max: 8 }), request }), { maxLength: 3 }),
  decision: fc.constantFrom("release" as const, "discard" as const, "later" as const),
  givesIdAway: fc.boolean(),
});

/** Passing refusals are final after an hour. */
const passing: ReadonlySet<string | undefined> = new Set(["user-unknown", "identifier-in-use"]);

async function play(
  world: World,
  ledger: MemoryLedger,
  { repeated, portion, pauseSeconds, faults, deaths, acts, decision, givesIdAway }: Sequence,
  statements: readonly Statement[],
): Promise<string[]> {
  world.pool.script(faults);
  let step = 0;
  for (const more of deaths) world.lives.endAt((step += more));
  const messages = statements.map(({ message }) => message);
  for (const { which, after } of repeated) {
    const again = statements[which % statements.length];
    if (again) messages.splice(which + after, 0, again.message);
  }
  const received = (message: Message): Message => ({
    ...message,
    reception: { ...message.reception, receivedAt: new Date(world.clock.now()).toISOString() },
  });
  for (let start = 0, portions = 0; start < messages.length; start += portion, portions += 1) {
    await world.deliver(messages.slice(start, start + portion).map(received));
    if (start + portion < messages.length) world.clock.pass(pauseSeconds);
    for (const act of acts) if (act.after === portions) await world.operate(act.request);
  }
  await world.operate({ operation: "resume", source: "hr" });
  await world.operate({ operation: "resume", source: "idp" });
  world.mend();
  await world.operate({ operation: "redrive", kind: "dead" });
  await world.deliver([]);
  await world.deliverWaiting();
  const tooSoon = ledger
    .recent(1_000)
    .filter(({ outcome, receivedAt, settledAt }) => {
      const hasWaited = Date.parse(settledAt) - Date.parse(receivedAt) >= 3_600_000;
      return outcome.kind === "rejected" && passing.has(outcome.reason) && !hasWaited;
    })
    .map(({ id }) => `${id} waits before it is refused`);
  if (decision !== "later") {
    await world.operate(
      decision === "release" ? { operation: "release" } : { operation: "discard", kind: "held" },
    );
  }
  // What was refused for a moment, or by a server that was in trouble, is tried again.
  for (let again = 0; again < 4 && (await isRefusedByTrouble(world, again)); again += 1) {
    await world.operate({ operation: "redrive", kind: "rejected" });
    await world.deliver([]);
    await world.deliverWaiting();
  }
  if (givesIdAway && (await ledger.person("3b"))?.userId !== undefined) await world.deliver([heir(200)]);
  return tooSoon;
}

/** Twice for all, since one may wait for another, and again for what a failing server refuses. */
async function isRefusedByTrouble(world: World, times: number): Promise<boolean> {
  const rejected = await parkedList(world.parked, "rejected", 100);
  const isFailing = rejected.some(({ reason }) =>
    /server|unknown-outcome|bad-request|not-confirmed/.test(reason),
  );
  return rejected.length > 0 && (times < 2 || isFailing);
}

const nameOf = ({ source, id }: EventRecord) => `${source}/${id}`;
const isSame = (one: readonly string[], other: readonly string[]) =>
  one.toSorted().join() === other.toSorted().join();

/** The rules that do not hold in the end. */
async function brokenRules(
  world: World,
  ledger: MemoryLedger,
  { leave, people, acts, decision, givesIdAway, faults, deaths }: Sequence,
  statements: readonly Statement[],
): Promise<readonly string[]> {
  const broken: string[] = [];
  const rule = (holds: boolean, name: string) => void (holds || broken.push(name));
  const users = world.pool.users();
  const records = ledger.recent(1_000);
  const hasHeir = givesIdAway && records.some(({ id }) => id === "create-200");

  for (const kind of ["userId", "externalId", "email"] as const)
    rule(
      new Set(users.map((user) => user[kind])).size === users.length,
      `no person is there twice by ${kind}`,
    );

  const names = statements.map(({ source, message }) => `${source}/${message.event.id}`);
  const all = hasHeir ? [...names, "hr/create-200"] : names;
  rule(isSame(records.map(nameOf), all), "every event ends in exactly one outcome");
  for (const kind of ["held", "rejected", "dead"] as const) {
    const parked = (await parkedList(world.parked, kind, 100)).map(
      ({ ledgerId, message }) => `${message.source}/${ledgerId}`,
    );
    const ended = records.filter(({ outcome }) => outcome.kind === kind && outcome.reason !== "discarded");
    rule(isSame(ended.map(nameOf), parked), `what is ${kind} is parked`);
  }
  rule((await parkedList(world.parked, "dead", 100)).length === 0, "nothing is dead");
  rule((await parkedList(world.parked, "waiting", 100)).length === 0, "nothing waits");

  const otherwise = records.filter(
    ({ outcome }) => outcome.kind === "held" && outcome.reason !== "mass-departure",
  );
  rule(otherwise.length === 0, "nothing but departures is held");
  const isReleased = decision === "release" || acts.some(({ request }) => request.operation === "release");
  for (const source of ["hr", "idp"]) {
    const own = records.filter((each) => each.source === source);
    const taken = own
      .filter(({ changes, outcome }) => changes.includes("leave") && outcome.kind === "accepted")
      .map(({ settledAt }) => Date.parse(settledAt));
    const most = Math.max(
      0,
      ...taken.map((from) => taken.filter((at) => at >= from && at < from + 1_800_000).length),
    );
    rule(isReleased || most <= 10, `departures beyond the guard are held for ${source}`);
    const closings = statements.filter((each) => each.source === source && each.access === "closed");
    const isAnyHeld = own.some(({ outcome }) => outcome.reason === "mass-departure");
    rule(closings.length > 10 || !isAnyHeld, `no other departure is held for ${source}`);
  }

  const recordOf = new Map(records.map((record) => [nameOf(record), record]));
  const ids = (person: number) =>
    person === cast.renamed
      ? hasHeir
        ? ["3b"]
        : ["3", "3b"]
      : person === cast.moved
        ? ["4a", "4b"]
        : [String(person)];
  for (const person of new Set(statements.map((each) => each.person))) {
    const said = statements
      .filter((each) => each.person === person)
      .flatMap((each): Told[] => {
        const record = recordOf.get(`${each.source}/${each.message.event.id}`);
        return record ? [{ ...each, record }] : [];
      });
    const own = users.filter(({ externalId = "" }) => ids(person).includes(externalId));
    rule(own.length <= 1, `${person} is there once`);
    const [user] = own;
    const known = await ledger.person(user?.externalId ?? ids(person)[0] ?? "");
    const secret = user && world.pool.otpOf(user.userId);
    const isTroubled = faults.length + deaths.length > 0;
    broken.push(...brokenFor(person, { said, user, secret, known, leave, isTroubled, policies: people }));
    const renaming = said.find(
      (each) =>
        each.kind === "rename" && each.record.outcome.kind !== "rejected" && !isGone("externalId", each),
    );
    const isRenamed = person === cast.renamed || person === cast.moved;
    if (user && isRenamed && renaming)
      rule(user.externalId === ids(person).at(-1), `${person} has its new id`);
  }
  if (hasHeir) {
    const heir = users.find(({ externalId }) => externalId === "3");
    rule(
      heir?.status === "Activated" && heir.email === "p7@example.com",
      "who gets an id that was given up is there",
    );
    rule((await ledger.person("3"))?.userId === heir?.userId, "an id that was given up names who got it");
  }
  return broken.concat(await brokenLedger(users, ledger));
}

/** Plays a sequence in a world of its own: the rules that do not hold in the end, and what became of each event. */
export async function live(
  lives: Sequence,
): Promise<{ broken: string[]; ledger: MemoryLedger; world: World }> {
  let ledger = memoryLedger();
  const makeLedger = (now: () => number) => (ledger = memoryLedger(now));
  const { leave, otp, people, batchMode, unknownInLookUp, lookUpLagMilliseconds, ...sizes } = lives;
  const { batchSize, invocationsAtOnce } = sizes;
  const options = { leave, otp, people, batchMode, unknownInLookUp, lookUpLagMilliseconds };
  const world = await openWorld({ makeLedger, direct: true, ...options, batchSize, invocationsAtOnce });
  const statements = statementsOf(lives.draws);
  const broken = await play(world, ledger, lives, statements);
  broken.push(...(await brokenRules(world, ledger, lives, statements)));
  return { broken, ledger, world };
}
