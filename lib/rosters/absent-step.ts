import type { RosterWork } from "./roster-ports.ts";
import type { AbsentLine, RosterState } from "./roster-state.ts";
import { hashOf } from "./subject-index.ts";
import { added } from "./tally.ts";

const recordsAtOnce = 100;

/** Finds those of a page of the source's people who are open and not in the list. */
export async function absentStep(state: RosterState, work: RosterWork): Promise<RosterState> {
  const { ledger, files } = work;
  const { source, run, parts } = state;
  const index = await work.index(state.parts.read);
  const { subjects, next } = await ledger.subjects(source, state.after);
  const lines: AbsentLine[] = [];
  let open = 0;
  for (let start = 0; start < subjects.length; start += recordsAtOnce) {
    const records = await ledger.subjectsOf(source, subjects.slice(start, start + recordsAtOnce));
    for (const record of records) {
      // Who is announced for a first day is expected, too.
      const isThere = record?.userId !== undefined || record?.firstDay !== undefined;
      if (!record || !isThere || record.isClosed === true || record.movedTo !== undefined) continue;
      open += 1;
      if (index.has(hashOf(run, record.subject))) continue;
      const { subject, externalId, departments } = record;
      lines.push({
        subject,
        ...(externalId !== undefined && { externalId }),
        ...(departments && { departments }),
      });
    }
  }
  if (lines.length > 0) await files.write("absent", parts.absent, lines);
  const { after: _, ...rest } = state;
  return {
    ...rest,
    ...(next === undefined ? { phase: "prove" as const, place: { part: 0, line: 0 } } : { after: next }),
    parts: { ...parts, absent: parts.absent + (lines.length > 0 ? 1 : 0) },
    counts: added(state.counts, { open, absent: lines.length }),
  };
}
