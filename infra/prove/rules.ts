import type { EventRecord } from "#lib/contract/ledger.ts";
import type { ParkedKind } from "#lib/contract/parked.ts";
import type { PeoplePolicy } from "#lib/contract/policies.ts";
import { idOf } from "#lib/contract/queue.ts";
import { isFromRoster } from "#lib/rosters/compare-step.ts";
import { brokenFor, brokenLedger, isPassed, type Told } from "./model.ts";
import type { Statement } from "./statement.ts";
import type { Trouble } from "./trouble.ts";
import type { World } from "./world.ts";

/** A story that has ended. */
export interface Ended {
  readonly world: World;
  readonly trouble: Pick<Trouble, "acts" | "decision">;
  readonly statements: readonly Statement[];
  /** The outcomes of all events. */
  readonly records: readonly EventRecord[];
  readonly policies: Readonly<Record<string, PeoplePolicy>>;
  deletes(source: string): boolean;
  /** Our ids of a person, the newest last. */
  idsOf(person: number): readonly string[];
}

const nameOf = ({ source, id }: { readonly source: string; readonly id: string }) => `${source}/${id}`;
/** A repetition that is news has a number behind its id (lib/pipeline/claims.ts). */
const withoutNumber = (name: string) => name.replace(/~\d+$/, "");
const isSame = (one: Iterable<string>, other: Iterable<string>) =>
  [...new Set(one)].toSorted().join() === [...new Set(other)].toSorted().join();

/** The rules that do not hold in the end. */
export async function brokenRules(ended: Ended): Promise<readonly string[]> {
  const { world, statements, records, policies, idsOf } = ended;
  const broken: string[] = [];
  const rule = (holds: boolean, name: string) => void (holds || broken.push(name));
  const users = world.pool.users();

  for (const kind of ["userId", "externalId", "email"] as const) {
    const values = users.flatMap((user) => user[kind] ?? []);
    rule(new Set(values).size === values.length, `no person is there twice by ${kind}`);
  }

  const names = records.map(nameOf);
  rule(new Set(names).size === names.length, "no event has two outcomes");
  // What a list says is queued only when an operator has it tried again.
  const isFromList = (id: string) => isFromRoster(id) || id.startsWith("sync/");
  const queued = [...world.queued].filter(([, message]) => !isFromList(idOf(message)));
  rule(
    isSame(
      records.filter(({ id }) => !isFromList(id)).map((record) => withoutNumber(nameOf(record))),
      queued.map(([name]) => name),
    ),
    "every event that was queued ends in exactly one outcome",
  );
  const parkedOf = async (kind: ParkedKind) =>
    (await world.parked.list({ kinds: [kind] }, 1_000)).messages.map(
      ({ ledgerId, message }) => `${message.source}/${ledgerId}`,
    );
  for (const kind of ["held", "rejected", "dead"] as const) {
    const ended = records.filter(({ outcome }) => outcome.kind === kind && outcome.reason !== "discarded");
    rule(isSame(ended.map(nameOf), await parkedOf(kind)), `what is ${kind} is parked`);
  }
  // A source that is asked about an event of yesterday may not show what it says any more: such an event is dead, by design.
  const passed = statements.filter((each) =>
    isPassed(
      each,
      statements.filter(({ person }) => person === each.person),
    ),
  );
  const mayDie = new Set(passed.map(({ source, message }) => `${source}/${message.event.id}`));
  rule(
    (await parkedOf("dead")).every((name) => mayDie.has(withoutNumber(name))),
    "nothing is dead",
  );
  rule((await parkedOf("waiting")).length === 0, "nothing waits");
  broken.push(...brokenGuard(ended));

  const recordsOf = Map.groupBy(records, (record) => withoutNumber(nameOf(record)));
  for (const person of new Set(statements.map((each) => each.person))) {
    const about = statements.filter((each) => each.person === person);
    const said = about
      .filter(({ isUnsent }) => !isUnsent)
      .flatMap((each): Told[] => {
        const own = recordsOf.get(`${each.source}/${each.message.event.id}`) ?? [];
        return [...own, ...(each.unchanged ? [each.unchanged] : [])].map((record) => ({ ...each, record }));
      });
    const ids = idsOf(person);
    const own = users.filter(({ externalId = "" }) => ids.includes(externalId));
    rule(own.length <= 1, `${person} is there once`);
    const [user] = own;
    const known = await world.ledger.person(user?.externalId ?? ids[0] ?? "");
    const secret = user && world.pool.otpOf(user.userId);
    const { deletes } = ended;
    broken.push(
      ...brokenFor(person, {
        said,
        unsent: about.filter(({ isUnsent }) => isUnsent),
        user,
        secret,
        known,
        deletes,
        policies,
      }),
    );
  }
  return broken.concat(await brokenLedger(users, world.ledger));
}

/** Departures of one source within an hour that the guard lets through. */
const departuresTaken = 10;

function brokenGuard({ trouble, statements, records, policies }: Ended): string[] {
  const broken: string[] = [];
  const rule = (holds: boolean, name: string) => void (holds || broken.push(name));
  const otherwise = records.filter(
    ({ outcome }) => outcome.kind === "held" && outcome.reason !== "mass-departure",
  );
  rule(otherwise.length === 0, "nothing but departures is held");
  const isReleased =
    trouble.decision === "release" || trouble.acts.some(({ request }) => request.operation === "release");
  for (const source of Object.keys(policies)) {
    // Of the departures of a list the guard decides together: list-rules.ts.
    const own = records.filter((each) => each.source === source && !isFromRoster(each.id));
    const taken = own
      .filter(({ changes, outcome }) => changes.includes("leave") && outcome.kind === "accepted")
      .map(({ settledAt }) => Date.parse(settledAt));
    const most = Math.max(
      0,
      ...taken.map((from) => taken.filter((at) => at >= from && at < from + 1_800_000).length),
    );
    rule(isReleased || most <= departuresTaken, `departures beyond the guard are held for ${source}`);
    const closings = statements.filter(
      (each) => each.source === source && each.access === "closed" && !each.isListed,
    );
    const isAnyHeld = own.some(({ outcome }) => outcome.reason === "mass-departure");
    // A repetition of a joiner that reads that the person has left is a departure, too.
    const departures = own.filter(({ changes }) => changes.includes("leave"));
    rule(
      Math.max(closings.length, departures.length) > departuresTaken || !isAnyHeld,
      `no other departure is held for ${source}`,
    );
  }
  return broken;
}
