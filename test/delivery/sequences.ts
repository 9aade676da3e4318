import type { LeavePolicy, OtpPolicy, PeoplePolicy } from "#lib/contract/policies.ts";
import { play } from "#infra/prove/play.ts";
import { portFaults } from "#infra/prove/port-faults.ts";
import { brokenRules } from "#infra/prove/rules.ts";
import { troubleAround, type Trouble } from "#infra/prove/trouble.ts";
import { isGone } from "#infra/prove/model.ts";
import * as fc from "../properties.ts";
import { memoryLedger, type MemoryLedger } from "../memory/ledger.ts";
import { cast, drawn, heir, sources, statementsOf, type Draw, type SourceName } from "./statements.ts";
import { openWorld, type Message, type World } from "./world.ts";

// Random lives of a few people, told by two sources that say their changes themselves, in any order, twice and late, while Authing
// and the ports fail, processes end and operators decide: the engine of `npm run prove`, with people who also change their ids.

export interface Sequence extends Trouble {
  readonly leave: LeavePolicy;
  readonly otp: OtpPolicy;
  readonly people: Readonly<Record<SourceName, PeoplePolicy>>;
  readonly draws: readonly Draw[];
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

export const sequence: fc.Arbitrary<Sequence> = fc.record({
  ...troubleAround(sources),
  leave: fc.constantFrom<LeavePolicy>("resign", "resign", "delete", "suspend"),
  otp: fc.constantFrom<OtpPolicy>("import", "inline"),
  people: fc.record({
    hr: fc.constantFrom<PeoplePolicy>("own", "shared"),
    idp: fc.constantFrom<PeoplePolicy>("own", "shared"),
  }),
  draws: fc.oneof(
    { weight: 5, arbitrary: fc.array(drawn(6, anybody), { minLength: 1, maxLength: 14 }) },
    { weight: 5, arbitrary: oneKind },
    // More departures than the guard lets through.
    {
      weight: 2,
      arbitrary: fc.array(drawn(120, fc.integer({ min: 0, max: 2 })), { minLength: 11, maxLength: 22 }),
    },
  ),
  givesIdAway: fc.boolean(),
});

/** Plays a sequence in a world of its own: the rules that do not hold in the end, and what became of each event. */
export async function live(
  lives: Sequence,
): Promise<{ broken: string[]; ledger: MemoryLedger; world: World }> {
  let ledger = memoryLedger();
  const makeLedger = (now: () => number) => (ledger = memoryLedger(now));
  const { leave, otp, people, batchMode, unknownInLookUp, lookUpLagMilliseconds, ...trouble } = lives;
  const { batchSize, invocationsAtOnce } = trouble;
  const options = { leave, otp, people, batchMode, unknownInLookUp, lookUpLagMilliseconds };
  const world = await openWorld({
    makeLedger,
    direct: true,
    ...options,
    batchSize,
    invocationsAtOnce,
    spoil: (clock) => portFaults(lives.portFaults, clock).spoil,
  });
  const received = (message: Message): Message => ({
    ...message,
    reception: { ...message.reception, receivedAt: new Date(world.clock.now()).toISOString() },
  });
  const statements = statementsOf(lives.draws);
  const records = () => ledger.recent(1_000);
  const broken = await play({
    world,
    trouble,
    sources,
    said: statements,
    tell: (said) => world.deliver(said.map(({ message }) => received(message))),
    records,
    mend: world.mend,
  });
  if (lives.givesIdAway && (await ledger.person("3b"))?.userId !== undefined) {
    await world.deliver([heir(200)]);
    // A port may fail once more.
    await world.deliverWaiting();
  }
  const hasHeir = world.queued.has("hr/create-200");
  const idsOf = (person: number): string[] => {
    if (person === cast.renamed) return hasHeir ? ["3b"] : ["3", "3b"];
    return person === cast.moved ? ["4a", "4b"] : [String(person)];
  };
  const told = { world, trouble, statements, records: records(), policies: people, idsOf };
  broken.push(...(await brokenRules({ ...told, deletes: () => leave === "delete" })));

  const rule = (holds: boolean, name: string) => void (holds || broken.push(name));
  const users = world.pool.users();
  for (const person of [cast.renamed, cast.moved]) {
    const user = users.find(({ externalId = "" }) => idsOf(person).includes(externalId));
    const isRenamed = statements.some((each) => {
      const record = records().find(({ id }) => id === each.message.event.id);
      const isOver = each.person === person && each.kind === "rename";
      return (
        isOver && record && record.outcome.kind !== "rejected" && !isGone("externalId", { ...each, record })
      );
    });
    if (user && isRenamed) rule(user.externalId === idsOf(person).at(-1), `${person} has its new id`);
  }
  if (hasHeir) {
    const heir = users.find(({ externalId }) => externalId === "3");
    rule(
      heir?.status === "Activated" && heir.email === "p7@example.com",
      "who gets an id that was given up is there",
    );
    rule((await ledger.person("3"))?.userId === heir?.userId, "an id that was given up names who got it");
  }
  return { broken, ledger, world };
}
