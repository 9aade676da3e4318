/** What Stryker's report in JSON says, as far as it is read (https://github.com/stryker-mutator/mutation-testing-elements, report schema). */
export interface Report {
  readonly files: Readonly<
    Record<string, { readonly source: string; readonly mutants: readonly ReportedMutant[] }>
  >;
}

interface ReportedMutant {
  readonly mutatorName: string;
  readonly replacement?: string;
  readonly status: string;
  /** Lines and columns from 1. */
  readonly location: { readonly start: Place; readonly end: Place };
}

interface Place {
  readonly line: number;
  readonly column: number;
}

const widest = 70;
const caught: ReadonlySet<string> = new Set(["Killed", "Timeout"]);
const missed: ReadonlySet<string> = new Set(["Survived", "NoCoverage"]);

/** The survivors, one a line, then the share of each file and of all of them: mutants that a test caught, or that never ended, of all. */
export function shares({ files }: Report, title: string): string {
  const lines: string[] = [];
  const counts: { name: string; killed: number; all: number }[] = [];
  for (const [name, { source, mutants }] of Object.entries(files)) {
    const killed = mutants.filter(({ status }) => caught.has(status)).length;
    const survivors = mutants.filter(({ status }) => missed.has(status));
    if (killed + survivors.length === 0) continue;
    counts.push({ name, killed, all: killed + survivors.length });
    const text = source.split("\n");
    for (const { location, mutatorName, replacement = "", status } of survivors.toSorted(byPlace)) {
      const { line, column } = location.start;
      const before = oneLine(textOf(text, location));
      const untested = status === "NoCoverage" ? ", no test runs it" : "";
      lines.push(`${name}:${line}:${column} ${mutatorName}${untested}: ${before} → ${oneLine(replacement)}`);
    }
  }
  const all = counts.reduce((sum, count) => sum + count.all, 0);
  const killed = counts.reduce((sum, count) => sum + count.killed, 0);
  const rows = [...counts, { name: title, killed, all }].map(
    (count) =>
      `${`${percent(count)} %`.padStart(6)} ${`${count.killed}/${count.all}`.padStart(10)}  ${count.name}`,
  );
  return [...lines, "", ...rows, ""].join("\n");
}

const percent = ({ killed, all }: { killed: number; all: number }) =>
  all === 0 ? 100 : Math.floor((100 * killed) / all);

const byPlace = (
  { location: { start: one } }: ReportedMutant,
  { location: { start: other } }: ReportedMutant,
) => one.line - other.line || one.column - other.column;

function textOf(lines: readonly string[], { start, end }: ReportedMutant["location"]): string {
  const whole = lines.slice(start.line - 1, end.line);
  const last = whole.length - 1;
  return whole
    .map((line, index) =>
      line.slice(index === 0 ? start.column - 1 : 0, index === last ? end.column - 1 : undefined),
    )
    .join(" ");
}

function oneLine(text: string): string {
  const short = text.replaceAll(/\s+/g, " ");
  return short.length > widest ? `${short.slice(0, widest - 1)}…` : short;
}
