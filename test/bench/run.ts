import { readFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { burst } from "./burst.ts";
import { cold } from "./cold.ts";
import { cost } from "./cost.ts";
import { costRounds, measure, ratioRounds, spread, type Rounds } from "./measure.ts";
import { meets, type Aim, type Prepared, type Ratio, type Section } from "./section.ts";
import { delivery } from "./delivery.ts";
import { csv, json, ndjson, xlsx } from "./files.ts";
import { imports } from "./imports.ts";
import { rate } from "./rate.ts";
import { rosters } from "./rosters.ts";
import { rowsOfPeople } from "./rows.ts";
import { signatures } from "./signatures.ts";
import { webhook } from "./webhook.ts";

// `npm run bench`, `npm run bench -- signatures cold`, `npm run bench -- --self-check`. Each section says what is measured;
// measure.ts says how. Ratios are the results to compare: both sides ran in the same minute on the same machine. Aims are printed;
// a missed aim is no failure.

const sections: readonly Section[] = [
  signatures,
  webhook,
  cold,
  burst,
  delivery,
  rate,
  csv,
  ndjson,
  json,
  xlsx,
  rowsOfPeople,
  imports,
  rosters,
  cost,
];
/** A section with unclear ratios gets more rounds until this much time has passed. */
const budgetMilliseconds = 120_000;
/** A spoilt variant must cost at least this many times as much as ours. */
const showsFrom = 1.1;
/** The packages that ours is compared with, in their installed versions. */
const packages = [
  "standardwebhooks",
  "svix",
  "@middy/core",
  "zod",
  "authing-node-sdk",
  "@aws-sdk/client-sqs",
  "esbuild",
  "csv-parse",
  "papaparse",
  "exceljs",
];

const chosen = process.argv.slice(2);
const selfCheck = chosen.includes("--self-check");
const names = chosen.filter((name) => name !== "--self-check");
const unknown = names.filter((name) => !sections.some((section) => section.name === name));
if (unknown.length > 0) {
  say(
    `no section ${unknown.join(", ")}; there are ${sections.map(({ name }) => name).join(", ")} and --self-check`,
  );
  process.exit(2);
}

say(machine());
const started = Date.now();
for (const section of sections.filter(({ name }) => names.length === 0 || names.includes(name))) {
  say(`\n${section.name}: ${section.about}`);
  const prepared = await section.prepare();
  try {
    if (!selfCheck) await report(section, prepared);
    else if (prepared.spoilt) await checkItself(section, { ...prepared, spoilt: prepared.spoilt });
    else say("  has no peers, so nothing to tell apart");
  } finally {
    await prepared.close?.();
  }
}
say(`\n${((Date.now() - started) / 1000).toFixed(0)} s, load at the end ${load()}`);

async function report(section: Section, { cases, ratios, counts = [] }: Prepared): Promise<void> {
  const rounds = await measure(cases, ratios, {
    rounds: section.rounds,
    until: started + budgetMilliseconds,
  });
  say(costTable(rounds));
  for (const ratio of ratios) say(ratioLine(rounds, ratio));
  for (const { title, value, unit, aim } of counts) {
    say(`  ${title.padEnd(64)} ${number(value).padStart(6)} ${unit}${aim ? verdict(value, aim) : ""}`);
  }
}

/** Whether the section detects a spoilt variant: measures it beside ours, and expects a higher cost in a ratio that has an aim. */
async function checkItself(
  { rounds }: Section,
  { cases, ratios, spoilt }: Prepared & Required<Pick<Prepared, "spoilt">>,
): Promise<void> {
  const { name, twin } = spoilt;
  const aimed = ratios.filter(({ of, to, aim }) => aim && [of, to].includes(name));
  const needed = new Set(aimed.flatMap(({ of, to }) => [of, to]));
  const both = [...cases.filter((each) => needed.has(each.name)), twin];
  const measured = await measure(both, [], { rounds, until: 0 });
  const replaced = (each: string) => (each === name ? twin.name : each);
  for (const ratio of aimed) {
    say(ratioLine(measured, ratio));
    say(ratioLine(measured, { ...ratio, of: replaced(ratio.of), to: replaced(ratio.to) }));
  }
  const shows = [...new Set(aimed.map(({ cost }) => cost))].some((cost) => {
    const ratio = { of: twin.name, to: name, cost };
    say(ratioLine(measured, ratio));
    return spread(ratioRounds(measured, ratio)).median >= showsFrom;
  });
  say(`  "${twin.name}" ${shows ? "shows" : "DOES NOT SHOW: this section has gone blind"}`);
  if (!shows) process.exitCode = 1;
}

/** The median cost of every case, a column for each cost. */
function costTable(rounds: Rounds): string {
  const columns = Object.keys([...rounds.values()][0]?.[0] ?? {});
  const width = Math.max(...[...rounds.keys()].map((name) => name.length));
  const line = (name: string, cells: readonly string[]) =>
    `  ${name.padEnd(width)}  ${cells.map((cell, index) => cell.padStart(Math.max(7, columns[index]?.length ?? 0))).join("  ")}`;
  return [
    line("", columns),
    ...[...rounds.keys()].map((name) =>
      line(
        name,
        // A case may lack a stage that another one has.
        columns.map((cost) =>
          rounds.get(name)?.[0]?.[cost] === undefined
            ? ""
            : number(spread(costRounds(rounds, name, cost)).median),
        ),
      ),
    ),
  ].join("\n");
}

function ratioLine(rounds: Rounds, ratio: Ratio): string {
  const values = ratioRounds(rounds, ratio);
  const { median, least, most } = spread(values);
  const title = `${ratio.of} / ${ratio.to}, ${ratio.cost}`;
  const range = `${median.toFixed(2)} (${least.toFixed(2)}–${most.toFixed(2)}, n=${values.length})`;
  return `  ${title.padEnd(64)} ${range.padEnd(24)}${ratio.aim ? verdict(median, ratio.aim) : ""}`.trimEnd();
}

function verdict(value: number, aim: Aim): string {
  const wanted = "atLeast" in aim ? `≥ ${aim.atLeast}` : `≤ ${aim.atMost}`;
  return `  aim ${wanted}: ${meets(value, aim) ? "met" : "not met"}`;
}

function machine(): string {
  const versions = packages.map((name) => {
    const url = new URL(`../../node_modules/${name}/package.json`, import.meta.url);
    return `${name} ${(JSON.parse(readFileSync(url, "utf8")) as { version: string }).version}`;
  });
  return `Node ${process.versions.node} (V8 ${process.versions.v8}), ${process.arch}, ${cpus().length} × ${cpus()[0]?.model ?? "CPU"}, load ${load()}\n${versions.join(", ")}`;
}

function load(): string {
  return loadavg()
    .map((value) => value.toFixed(1))
    .join(" ");
}

function number(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
