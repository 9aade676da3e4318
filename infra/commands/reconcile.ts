import { setTimeout as wait } from "node:timers/promises";
import { adoptable } from "#lib/rosters/roster-state.ts";
import type { BegunRoster } from "#lib/rosters/operations.ts";
import { resultsFolder, type RosterReport } from "#lib/rosters/report.ts";
import { UsageError } from "./command-line.ts";
import { confirm, form, runCommand, say } from "./command.ts";
import { openOperations, placeOf, placeOptions, tellingOf, type Operate } from "./operations-client.ts";
import { rosterText } from "./roster-text.ts";

/** How often the run is looked at. */
const askAgainMilliseconds = { laptop: 500, stage: 3_000 } as const;

const options = {
  ...placeOptions,
  /** Stops when the plan is shown; `--run` applies it. */
  plan: "",
  yes: "",
  /** Reads every account back, and mends what differs at Authing itself. */
  verify: "",
  adopt: "<email|phone|username>",
  /** Applies the plan of this run. */
  run: "<id>",
  json: "",
  lang: "<en|zh>",
} as const;

// npm run reconcile -- <source> [--plan] [--yes] [--verify] [--adopt email|phone|username] [--run <id>]: compares the source's whole list
// with what it has told, shows what would happen, asks, and does it.
const reconcile = form(["<source>"], options, async ({ words, options: given }) => {
  const [source = ""] = words;
  const operate = await openOperations(given);
  const telling = tellingOf(given);
  const show = (report: RosterReport) =>
    say(given.json ? JSON.stringify(report, undefined, 2) : rosterText(report, telling));
  const follow = (run: string) => followed({ source, run }, operate, given.stage !== undefined);

  const run = given.run ?? (await begun(source, given, operate));
  const plan = await follow(run);
  show(plan);
  if (plan.state !== "planned") return exitOf(plan);
  const place = placeOf(given);
  if (given.plan) {
    say(
      `\nnpm run reconcile -- ${source} --run ${run}${place === "" ? "" : ` ${place}`} applies it, within a day`,
      process.stderr,
    );
    return 0;
  }
  const count = plan.joiners + plan.movers + plan.back + plan.departures.listed + plan.departures.proven;
  const many = count + plan.departures.differing + (plan.verified?.differing ?? 0);
  if (!given.yes && many > 0 && !(await confirm(`Apply ${many} ${many === 1 ? "change" : "changes"}?`))) {
    say("nothing was done");
    return 1;
  }
  await operate<BegunRoster>({ operation: "apply-roster", source, run });
  const report = await follow(run);
  show(report);
  say(`\nThe report is at ${resultsFolder(source, run)}/report.html`, process.stderr);
  return exitOf(report);
});

async function begun(
  source: string,
  { adopt, verify }: { adopt?: string | undefined; verify?: true | undefined },
  operate: Operate,
): Promise<string> {
  const by = adoptable.find((each) => each === adopt);
  if (adopt !== undefined && by === undefined)
    throw new UsageError(
      `--adopt ${adopt} is unknown`,
      adoptable.map((each) => `--adopt ${each}`),
    );
  const { run } = await operate<BegunRoster>({
    operation: "start-roster",
    source,
    plan: true,
    verify: verify === true,
    ...(by && { adopt: by }),
  });
  return run;
}

/** Waits until a run rests, and says on stderr what it does. */
async function followed(about: BegunRoster, operate: Operate, isStage: boolean): Promise<RosterReport> {
  let phase = "";
  for (;;) {
    const report = await operate<RosterReport>({ operation: "follow-roster", ...about });
    if (report.state !== "running") return report;
    if (report.phase !== phase) say(`${report.phase} …`, process.stderr);
    ({ phase } = report);
    await wait(isStage ? askAgainMilliseconds.stage : askAgainMilliseconds.laptop);
  }
}

const exitOf = ({ state, departures }: RosterReport): number =>
  state === "refused" || departures.areHeld ? 1 : 0;

await runCommand("reconcile", reconcile);
