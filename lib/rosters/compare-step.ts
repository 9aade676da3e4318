import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SubjectRecord } from "#lib/contract/ledger.ts";
import type { EventMessage } from "#lib/contract/queue.ts";
import { isOnlyLinked } from "#lib/delivery/people.ts";
import { maySpeak } from "#lib/pipeline/authority.ts";
import { translatedOf, type Meaning } from "#lib/pipeline/meaning.ts";
import { namesIn } from "#lib/pipeline/order.ts";
import { digestOf } from "./asked-before.ts";
import { differenceOf, type Difference } from "./difference.ts";
import { whyIncomplete } from "./read-step.ts";
import type { RosterWork } from "./roster-ports.ts";
import type { DifferenceLine, PersonLine, RosterState, SameLine } from "./roster-state.ts";
import { hashOf } from "./subject-index.ts";
import { added, tallied, type Tally } from "./tally.ts";

const recordsAtOnce = 100;
const peopleAtOnce = 20;
/** Fields and departments that are counted by their names. */
const mostNames = 500;

/** What a listed person comes to. */
interface Compared {
  readonly line: PersonLine;
  readonly known: SubjectRecord | undefined;
  readonly changes: readonly Change[];
  readonly difference: Difference | { readonly kind: "outOfScope" };
}

/** Compares one part of the list with what was told. The first step looks whether the list can be believed. */
export async function compareStep(state: RosterState, work: RosterWork): Promise<RosterState> {
  const { files } = work;
  const { part } = state.place;
  const index = await work.index(state.parts.read);
  const doubt = part === 0 ? whyIncomplete(state, index.size) : undefined;
  if (doubt !== undefined) throw new InboundError("malformed", doubt);
  if (part >= state.parts.read) return { ...state, phase: "absent", place: { part: 0, line: 0 } };

  // Of a person who comes several times, the last time counts.
  const people = new Map(
    (await files.read("read", part))
      .filter(({ subject }) => index.lastPartOf(hashOf(state.run, subject), part) === part)
      .map((line) => [line.subject, line]),
  );
  const { compared, unusable } = await compareAll([...people.values()], state, work);
  const { lines: all, tallies, same } = sorted(compared, state);
  const { undecided, rejected } = await work.askedBefore();
  const isIn = (before: ReadonlyMap<string, string>, { message: { event, changes = [] } }: DifferenceLine) =>
    before.get(event.subject) === digestOf(changes);
  const others = await ofOtherSources(all, state.source, work);
  // The rule of this run may decide what was asked before.
  const isAsked = (line: DifferenceLine) =>
    line.kind === "joiner" && !others.has(line) && state.options.adopt === undefined && isIn(undecided, line);
  const asked = new Set(all.filter(isAsked));
  const refused = new Set(all.filter((line) => line.kind === "back" && isIn(rejected, line)));
  const lines = all.filter((line) => !others.has(line) && !asked.has(line) && !refused.has(line));
  const [changes, leavers] = [
    lines.filter(({ kind }) => kind !== "leaver"),
    lines.filter(({ kind }) => kind === "leaver"),
  ];
  const kept = state.options.verify ? same : [];
  if (changes.length > 0) await files.write("changes", state.parts.changes, changes);
  if (leavers.length > 0) await files.write("leavers", state.parts.leavers, leavers);
  if (kept.length > 0) await files.write("same", state.parts.same, kept);
  return {
    ...state,
    place: { part: part + 1, line: 0 },
    parts: {
      ...state.parts,
      changes: state.parts.changes + (changes.length > 0 ? 1 : 0),
      leavers: state.parts.leavers + (leavers.length > 0 ? 1 : 0),
      same: state.parts.same + (kept.length > 0 ? 1 : 0),
    },
    counts: added(state.counts, {
      people: people.size,
      unusable: unusable.length,
      ...added(tallied(compared.map(({ difference }) => difference.kind)), {
        joiner: -others.size - asked.size,
        back: -refused.size,
        others: others.size,
        undecided: asked.size,
        rejectedBefore: refused.size,
      }),
    }),
    tallies: {
      ...state.tallies,
      unusable: added(state.tallies.unusable, tallied(unusable)),
      fields: added(state.tallies.fields, tallies.fields, mostNames),
      filled: added(state.tallies.filled, tallies.filled, mostNames),
      lost: added(state.tallies.lost, tallies.lost, mostNames),
    },
  };
}

/** Joiners who belong to another source, which alone may speak about them: they are counted, and not touched. */
async function ofOtherSources(
  lines: readonly DifferenceLine[],
  source: string,
  { ledger, peoplePolicy }: RosterWork,
): Promise<ReadonlySet<DifferenceLine>> {
  const others = new Set<DifferenceLine>();
  const joiners = lines.filter(({ kind }) => kind === "joiner");
  for (let start = 0; start < joiners.length; start += peopleAtOnce) {
    const some = joiners.slice(start, start + peopleAtOnce);
    await Promise.all(
      some.map(async (line) => {
        const [joiner] = line.message.changes ?? [];
        const id = joiner && "person" in joiner ? joiner.person.externalId : undefined;
        const person = id === undefined ? undefined : await ledger.person(id);
        if (person && !isOnlyLinked(person) && !maySpeak(source, peoplePolicy(source), person, undefined))
          others.add(line);
      }),
    );
  }
  return others;
}

/** Compares listed people, a hundred at a time; resolves also to why some of them cannot be used. */
export async function compareAll(
  lines: readonly PersonLine[],
  state: RosterState,
  work: RosterWork,
): Promise<{ compared: Compared[]; unusable: string[] }> {
  const compared: Compared[] = [];
  const unusable: string[] = [];
  for (let start = 0; start < lines.length; start += recordsAtOnce) {
    const some = lines.slice(start, start + recordsAtOnce);
    const records = await work.ledger.subjectsOf(
      state.source,
      some.map(({ subject }) => subject),
    );
    for (const [index, line] of some.entries()) {
      try {
        compared.push(compareOne(line, records[index], state, work));
      } catch (error) {
        unusable.push(error instanceof InboundError ? error.reason : "translation-failed");
      }
    }
  }
  return { compared, unusable };
}

function compareOne(
  line: PersonLine,
  known: SubjectRecord | undefined,
  { source, run }: RosterState,
  work: RosterWork,
): Compared {
  const { subject, at } = line;
  const { changes, outOfScope } = meaningOf(line);
  const isActive = "isActive" in line && line.isActive === true;
  const settings = { digest: work.digestsOf(subject), now: work.clock.now(), timeZone: work.timeZone };
  if (outOfScope && changes.length === 0) {
    const isOpen = known?.userId !== undefined && known.isClosed !== true;
    if (!isOpen || outOfScope.policy !== "leave")
      return { line, known, changes, difference: { kind: "outOfScope" } };
    const { externalId = known.externalId } = outOfScope;
    const leave = { kind: "leave", who: externalId === undefined ? {} : { externalId } } as const;
    return { line, known, changes, difference: { kind: "leaver", changes: [leave], names: [] } };
  }
  return { line, known, changes, difference: differenceOf({ changes, at, isActive }, known, settings) };

  function meaningOf(person: PersonLine): Meaning {
    if ("changes" in person) return person;
    if ("unusable" in person) throw new InboundError("malformed", person.unusable.reason);
    const { type, payload } = person;
    const event = { id: eventId(run, subject), subject, type, occurredAt: at, payload };
    return translatedOf(source, event, work);
  }
}

/** The differences as messages, the people without a difference, and what is counted of all. */
function sorted(compared: readonly Compared[], state: RosterState) {
  const lines: DifferenceLine[] = [];
  const same: SameLine[] = [];
  const [fields, filled, lost]: string[][] = [[], [], []];
  for (const { line, known, changes, difference } of compared) {
    filled?.push(...filledIn(changes));
    if (difference.kind === "gone" || difference.kind === "outOfScope") continue;
    if (difference.kind === "unchanged") {
      const change = changes.find((each) => "person" in each);
      if (change && known?.userId !== undefined && known.isClosed !== true)
        same.push({ at: line.at, subject: line.subject, userId: known.userId, change });
      continue;
    }
    if (difference.kind === "mover") fields?.push(...difference.names);
    if (difference.kind === "leaver") lost?.push(...(known?.departments ?? []));
    lines.push({
      kind: difference.kind,
      message: messageOf(state, line.subject, line.at, "roster.listed", difference.changes),
    });
  }
  const tallies = { fields: tallied(fields ?? []), filled: tallied(filled ?? []), lost: tallied(lost ?? []) };
  return { lines, same, tallies } satisfies { tallies: Record<string, Tally> } & Record<string, unknown>;
}

/** Every person has these, or they are decided about in another way than by a field. */
const notCounted: ReadonlySet<string> = new Set(["externalId", "access", "departure", "otp", "password"]);

function filledIn(changes: readonly Change[]): string[] {
  const names = changes.flatMap((change) => ("person" in change ? namesIn(change) : []));
  return [...new Set(names)].filter((name) => !notCounted.has(name));
}

/** The id of what a run says of a person: the same when a step is done again. */
export const eventId = (run: string, subject: string): string => `roster/${run}/${subject}`;

/** Whether an event came from a roster: of this run, or of any. */
export const isFromRoster = (id: string, run = ""): boolean => id.startsWith(`roster/${run}`);

/** A difference, as an event about its person. */
export function messageOf(
  { source, run, file }: RosterState,
  subject: string,
  at: string,
  type: "roster.listed" | "roster.absent",
  changes: readonly Change[],
): EventMessage {
  return {
    kind: "event",
    source,
    event: { id: eventId(run, subject), subject, type, occurredAt: at, payload: null },
    reception: { receivedAt: at, proof: file ? "file" : "source-api" },
    changes,
  };
}
