import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { maxUsersPerCreate } from "#lib/authing/limits.ts";
import { functionsAtOnce, runImport } from "./import-run.ts";
import { fileKinds, writePeople, type FileKind } from "./people-files.ts";
import { soakEvents } from "./soak-events.ts";

// `npm run soak`, `npm run soak -- 200000 csv.gz xlsx`: large files from end to end, with functions that run out of time and are killed.
// Not part of `npm run bench`: a million rows take some minutes, and the sandbox some gigabytes. Each kind of file runs twice, with a tenth
// of the rows first: the memory of the functions must not depend on the rows. `npm run soak -- --events --minutes 60`: events in one process.

const kills = 3;
const mostMegabytes = 130;
const mostGrowth = 1.2;
/** The default of the configuration (`authing.maxRequestsPerSecond`), for each function. */
const callsPerSecond = 100;
/** × the time that the pace allows for the fewest calls, with files of a million rows; small files pay for the start of each function, too. */
const mostTimesOfPace = 1.25;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { events: { type: "boolean" }, minutes: { type: "string", default: "60" } },
});
if (values.events) {
  const minutes = Number(values.minutes);
  if (!(minutes > 0)) throw new TypeError("--minutes takes a number above 0");
  process.exit((await soakEvents(minutes, say)) ? 0 : 1);
}

const isNumber = (word: string) => /^\d+$/.test(word);
const [given, numbers] = [positionals.filter((word) => !isNumber(word)), positionals.filter(isNumber)];
const unknown = given.filter((kind) => !(fileKinds as readonly string[]).includes(kind));
if (unknown.length > 0) {
  say(`no kind ${unknown.join(", ")}; there are ${fileKinds.join(", ")}`);
  process.exit(2);
}
const count = Number(numbers[0] ?? 1_000_000);

for (const kind of (given.length > 0 ? given : ["csv"]) as readonly FileKind[]) {
  const small = await soak(kind, Math.ceil(count / 10));
  const large = await soak(kind, count);
  for (const [of, peak] of Object.entries(large)) {
    const growth = peak / (small[of] ?? peak);
    const isKept = growth <= mostGrowth && peak <= mostMegabytes;
    say(
      `${kind}, ${of}: ${peak.toFixed(0)} MB, ${growth.toFixed(2)} × that of a tenth  aim ≤ ${mostMegabytes} MB, ≤ ${mostGrowth} ×: ${isKept ? "met" : "not met"}`,
    );
  }
}

/** Imports a file of so many rows. Kind of function → its peak resident memory, in MB. */
async function soak(kind: FileKind, rows: number): Promise<Readonly<Record<string, number>>> {
  const folder = mkdtempSync(join(tmpdir(), "soak-"));
  const file = join(folder, `people.${kind}`);
  try {
    await writePeople(file, kind, rows);
    say(`\n${rows} rows, ${kind}, ${(statSync(file).size / 1e6).toFixed(0)} MB`);
    const killAt = Array.from({ length: kills }, (_, kill) =>
      Math.floor((rows * (kill + 0.7)) / (kills + 1)),
    );
    const run = await runImport({ folder, file, invocationMilliseconds: 1_500, killAt, callsPerSecond, say });
    const { summary, peaks } = run;
    say(
      `  done in ${run.seconds.toFixed(1)} s, ${run.invocations} invocations, ${run.kills} killed; the same object again ${run.againSeconds.toFixed(1)} s`,
    );
    const fewest = Math.ceil(rows / maxUsersPerCreate) / (callsPerSecond * functionsAtOnce);
    const times = run.seconds / fewest;
    say(
      `  ${times.toFixed(2)} × the ${fewest.toFixed(1)} s that the pace allows  aim ≤ ${mostTimesOfPace}: ${times <= mostTimesOfPace ? "met" : "not met"}`,
    );
    say(
      `  of it ${Object.entries(run.secondsOf)
        .map(([of, seconds]) => `${of} ${seconds.toFixed(1)} s`)
        .join(", ")}; CPU of the sandbox and the ledger ${run.worldCpuSeconds.toFixed(1)} s`,
    );
    say(
      `  lines of results ${run.lines}, different rows ${run.rows}, in the ledger ${run.rowsInLedger}; accounts ${run.accounts}, different people ${run.people}`,
    );
    say(
      `  peak memory ${Object.entries(peaks)
        .map(([of, peak]) => `${of} ${peak.toFixed(0)} MB`)
        .join(", ")}`,
    );
    const { state, accepted, alreadyDone, rejected } = summary;
    say(`  ${JSON.stringify({ state, rows: summary.rows, accepted, alreadyDone, rejected })}`);
    const all = [run.lines, run.rows, run.rowsInLedger, run.accounts, run.people, summary.rows];
    if (all.some((number) => number !== rows)) {
      say(`  NOT WHOLE: ${rows} of each were expected`);
      process.exitCode = 1;
    }
    return peaks;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
