import { InboundError } from "#lib/contract/errors.ts";
import type { Row } from "#lib/formats/format.ts";
import { ruled } from "#lib/pipeline/people-rules.ts";
import { objectFile, readUpload } from "#lib/uploads/read-upload.ts";
import { rowTranslator, type RowTranslator } from "#lib/uploads/rows/row-translator.ts";
import { refuseOversized } from "#lib/uploads/upload-size.ts";
import { eventId } from "./compare-step.ts";
import type { RosterWork } from "./roster-ports.ts";
import type { PersonLine, RosterState } from "./roster-state.ts";
import { hashesOf } from "./subject-index.ts";
import { added } from "./tally.ts";

const peopleInAPart = 2_000;

/**
 * Reads a roster that is a file, in one step: every row is a person by our id of them, which is the source's id too. A row that cannot be used
 * says that its person is there; where it does not even say whose it is, no departure can be concluded from the file. What the configuration
 * says of the people of the source (`scope`, `map`) holds for them, too.
 */
export async function readFileStep(state: RosterState, work: RosterWork): Promise<RosterState> {
  const { files, objects, reading: settings, rows: rowSettings } = work;
  const { file, startedAt } = state;
  if (!file) return state;
  refuseOversized(file);
  const table = await readUpload(await objectFile(file, objects), "users", settings);
  const { columns, layout } = table;
  const translator = rowTranslator(
    { kind: "users", columns, startedAt, ...(layout !== undefined && { layout }) },
    rowSettings,
  );
  let lines: PersonLine[] = [];
  let [parts, entries, nameless] = [0, 0, 0];
  const writePart = async () => {
    await files.write("read", parts, lines);
    const subjects = lines.map(({ subject }) => subject);
    await files.writeHashes("ids", parts, hashesOf(state.run, subjects));
    parts += 1;
    lines = [];
  };
  for await (const row of table.rows) {
    entries += 1;
    const line = lineOf(row, translator, state, work);
    if (line) lines.push(line);
    else nameless += 1;
    if (lines.length >= peopleInAPart) await writePart();
  }
  if (lines.length > 0) await writePart();
  return {
    ...state,
    phase: "compare",
    place: { part: 0, line: 0 },
    parts: { ...state.parts, read: parts },
    reading: { ...state.reading, pages: 1 },
    counts: added(state.counts, { entries, nameless }),
  };
}

function lineOf(
  row: Row,
  translator: RowTranslator,
  { source, run, startedAt: at }: RosterState,
  { rules }: RosterWork,
): PersonLine | undefined {
  const entries = translator.translate(row).filter(({ kind }) => kind === "person");
  const [subject] = entries.flatMap(({ change, externalId }) =>
    change && "person" in change ? (change.person.externalId ?? []) : (externalId ?? []),
  );
  if (subject === undefined) return undefined;
  const changes = entries.flatMap(({ change }) => change ?? []);
  if (changes.length === 0) {
    const [problem] = entries.flatMap(({ problems }) => problems);
    return { at, subject, unusable: { reason: problem?.code ?? "person-incomplete" } };
  }
  const event = {
    id: eventId(run, subject),
    subject,
    type: "roster.listed",
    occurredAt: at,
    payload: row.values,
  };
  try {
    // Departments of files are those of `uploads`.
    return { at, subject, ...ruled(source, changes, event, { ...rules(source), departments: {} }) };
  } catch (error) {
    if (error instanceof InboundError) return { at, subject, unusable: { reason: error.reason } };
    throw error;
  }
}
