import { InboundError } from "#lib/contract/errors.ts";
import { compareAll, messageOf } from "./compare-step.ts";
import { openList } from "./read-step.ts";
import type { RosterWork } from "./roster-ports.ts";
import type { AbsentLine, DifferenceLine, PersonLine, RosterState } from "./roster-state.ts";
import { hashesOf } from "./subject-index.ts";
import { added, tallied } from "./tally.ts";

/** People of one step, and how many of them are asked about at the same time. */
const askedInAStep = 100;
const askedAtOnce = 4;
const mostDepartments = 500;

/** What the source says of a person who is not in its list. */
type Answer =
  | { readonly absent: AbsentLine; readonly at: string; readonly person: PersonLine | undefined }
  | { readonly absent: AbsentLine; readonly failure: InboundError };

/**
 * Asks the source about people who are not in its list, one by one: a list may be older than what the source knows, a page may be short, and a
 * permission may hide people. Only who does not exist, or has left, is a leaver. A source that has
 * only rosters, or whose API can prove no departure, says it by a roster that is a file.
 */
export async function proveStep(state: RosterState, work: RosterWork): Promise<RosterState> {
  const { part, line } = state.place;
  if (part >= state.parts.absent) return { ...state, phase: "verify", place: { part: 0, line: 0 } };
  const all = await work.files.read("absent", part);
  const asked = all.slice(line, line + askedInAStep);
  const answers = await answersAbout(asked, state, work);

  const leavers: DifferenceLine[] = [];
  const found: { readonly absent: AbsentLine; readonly person: PersonLine }[] = [];
  const failures: string[] = [];
  for (const answer of answers) {
    if ("failure" in answer) failures.push(answer.failure.reason);
    else if (answer.person) found.push({ absent: answer.absent, person: answer.person });
    else leavers.push(leaverOf(answer.absent, answer.at, state));
  }
  const { compared, unusable } = await compareAll(
    found.map(({ person }) => person),
    state,
    work,
  );
  const changes: DifferenceLine[] = [];
  for (const { line: person, difference } of compared) {
    if (difference.kind === "unchanged" || difference.kind === "gone" || difference.kind === "outOfScope")
      continue;
    const message = messageOf(state, person.subject, person.at, "roster.listed", difference.changes);
    (difference.kind === "leaver" ? leavers : changes).push({ kind: difference.kind, message });
  }
  const { files } = work;
  const { parts } = state;
  if (changes.length > 0) await files.write("changes", parts.changes, changes);
  if (leavers.length > 0) await files.write("leavers", parts.leavers, leavers);
  const still = compared
    .filter(({ difference }) => difference.kind !== "leaver")
    .map((each) => each.line.subject);
  if (still.length > 0) await files.writeHashes("still", parts.still, hashesOf(state.run, still));
  const end = line + asked.length;
  const gone = new Set(leavers.map(({ message }) => message.event.subject));
  const departments = asked
    .filter(({ subject }) => gone.has(subject))
    .flatMap((each) => each.departments ?? []);
  return {
    ...state,
    place: end >= all.length ? { part: part + 1, line: 0 } : { part, line: end },
    parts: {
      ...parts,
      changes: parts.changes + (changes.length > 0 ? 1 : 0),
      leavers: parts.leavers + (leavers.length > 0 ? 1 : 0),
      still: parts.still + (still.length > 0 ? 1 : 0),
    },
    counts: added(state.counts, {
      proven: leavers.length,
      stillThere: still.length,
      stillDiffering: changes.length,
      unproven: failures.length + unusable.length,
    }),
    tallies: {
      ...state.tallies,
      unproven: added(state.tallies.unproven, tallied([...failures, ...unusable])),
      lost: added(state.tallies.lost, tallied(departments), mostDepartments),
    },
  };
}

function leaverOf({ subject, externalId }: AbsentLine, at: string, state: RosterState): DifferenceLine {
  const who = externalId === undefined ? {} : { externalId };
  return {
    kind: "leaver",
    message: messageOf(state, subject, at, "roster.absent", [{ kind: "leave", who }]),
  };
}

async function answersAbout(
  asked: readonly AbsentLine[],
  state: RosterState,
  work: RosterWork,
): Promise<readonly Answer[]> {
  const { clock, source } = work;
  const known = source(state.source)?.list;
  if (state.file && (!known || known.provesNoDeparture)) {
    // A row that does not say whose it is may be anybody's.
    const isNameless = (state.counts["nameless"] ?? 0) > 0;
    const failure = new InboundError("malformed", "roster-row-nameless");
    return asked.map((absent) =>
      isNameless ? { absent, failure } : { absent, at: state.startedAt, person: undefined },
    );
  }
  const opened = await openList(state.source, work).catch((error: unknown) => {
    // Without credentials the source cannot say it of any person; the rest of the run goes on.
    if (error instanceof InboundError && error.code === "misconfigured") return error;
    throw error;
  });
  if (opened instanceof InboundError) return asked.map((absent) => ({ absent, failure: opened }));
  const { list, api } = opened;
  const answers: Answer[] = [];
  for (let start = 0; start < asked.length; start += askedAtOnce) {
    const some = asked.slice(start, start + askedAtOnce);
    answers.push(...(await Promise.all(some.map(askAbout))));
  }
  return answers;

  async function askAbout(absent: AbsentLine): Promise<Answer> {
    const at = new Date(clock.now()).toISOString();
    try {
      const person = await list.person(api, absent.subject);
      return { absent, at, person: person && { at, ...person } };
    } catch (error) {
      if (!(error instanceof InboundError)) throw error;
      // Asked again by the next invocation: there was no time for an answer, or the source wants a pause.
      if (error.retryable && (clock.now() >= work.deadline || error.reason === "source-throttles"))
        throw error;
      return { absent, failure: error };
    }
  }
}
