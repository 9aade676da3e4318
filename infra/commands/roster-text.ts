import { explainReason } from "#lib/reasons/explain-reason.ts";
import type { RosterReport } from "#lib/rosters/report.ts";
import { adviceOf, type Telling } from "./advice.ts";

// The words in which `npm run reconcile` tells what a run has found, and what it did.

/** Fields and outcomes that are told one by one: the report has them all. */
const toldNames = 12;

export function rosterText(report: RosterReport, telling: Telling): string {
  const { source, run, state, problem } = report;
  const title = { planned: "plan", finished: "roster", refused: "refused", running: "in work" }[state];
  const head = `${title} ${source} ${run}`;
  if (problem) {
    const { reason, path, hint } = problem;
    return [
      head,
      "",
      `Nothing was concluded: ${reason}${path === undefined ? "" : ` at ${path}`}. Nothing was applied.`,
      ...adviceOf({ reason, hint, source }, telling),
    ].join("\n");
  }
  return [
    head,
    "",
    ...read(report),
    ...differences(report),
    ...departures(report),
    ...tally(
      state === "planned" ? "Joiners and movers would come to:" : "Joiners and movers were foretold:",
      report.foretold,
      telling,
    ),
    ...tally("The changes came to:", report.outcomes, telling),
    ...verified(report),
    ...tally("Accounts without our id:", report.adopted ?? {}, telling),
    ...missing(report),
    ...cost(report),
  ].join("\n");
}

type Line = readonly [count: number, text: string];

const lines = (all: readonly Line[]): string[] =>
  all
    .filter(([count], index) => count > 0 || index === 0)
    .map(([count, text]) => `${String(count).padStart(8)}  ${text}`);

function read({ read: { people, outOfScope, unusable, nameless, reasons }, open }: RosterReport): string[] {
  return [
    ...lines([
      [people, "people are in the list"],
      [outOfScope, "of them are out of scope"],
      [unusable, `of them cannot be used: ${names(reasons)}`],
      [nameless, "rows do not say whose they are: no departure is concluded"],
    ]),
    ...lines([[open, "people of this source were open before"]]),
    "",
  ];
}

function differences(report: RosterReport): string[] {
  const isPlan = report.state === "planned";
  return lines([
    [report.joiners, isPlan ? "would join" : "joined"],
    [report.movers, `${isPlan ? "would change" : "changed"}: ${names(report.fields)}`],
    [report.back, isPlan ? "would be opened again" : "are back"],
    [report.unchanged, "are unchanged: no call"],
    [report.others, "belong to another source, which alone may speak about them: not touched"],
    [report.undecided, "were asked about before; an operator has not decided whose accounts these are"],
    [report.rejectedBefore, "are back, and were rejected before, by the policy rehire"],
    [report.closed, "have left, and are closed or never were there"],
  ]);
}

function departures({ state, departures: told }: RosterReport): string[] {
  const { listed, absent, proven, stillThere, differing, unproven, reasons, areHeld, taken, lost } = told;
  const isPlan = state === "planned";
  return [
    "",
    ...lines([
      [listed + proven, isPlan ? "would leave" : "departures"],
      [listed, "of them are listed as left"],
      [proven, "of them are not in the list, and the source says that it does not have them"],
    ]),
    ...lines([[absent, "people were not in the list"]]),
    ...(stillThere > 0
      ? lines([
          [
            stillThere,
            `of them are still there: they stay${differing > 0 ? `, ${differing} with changes` : ""}`,
          ],
        ])
      : []),
    ...(unproven > 0 ? lines([[unproven, `of them are not proven: they stay. ${names(reasons)}`]]) : []),
    ...(areHeld
      ? [
          "",
          `All departures ${isPlan ? "would be" : "are"} held: more than ${taken} are not taken without a question. Most are lost by: ${lost.join(", ") || "no department"}`,
        ]
      : []),
  ];
}

function verified({ verified: told }: RosterReport): string[] {
  if (!told) return [];
  return [
    "",
    ...lines([
      [told.accounts, "accounts were compared with what was told"],
      [told.differing, `of them are otherwise at Authing: ${names(told.fields)}`],
      [told.closed, "of them were closed at Authing: they stay closed"],
    ]),
  ];
}

function missing({ missing: fields }: RosterReport): string[] {
  if (fields.length === 0) return [];
  return [
    "",
    `No person has these fields any more: ${fields.join(", ")}. Is a permission missing at the source?`,
  ];
}

function cost({ requests, estimate }: RosterReport): string[] {
  return [
    "",
    `${requests.source} requests to the source, ${requests.authing} to Authing.`,
    ...(estimate
      ? [`Applying it takes at least ${estimate.requests} requests to Authing, about ${estimate.seconds} s.`]
      : []),
  ];
}

function tally(title: string, counted: Readonly<Record<string, number>>, { language }: Telling): string[] {
  const all = Object.entries(counted).toSorted(([, one], [, other]) => other - one);
  if (all.length === 0) return [];
  const told = all.slice(0, toldNames).map(([name, count]) => {
    const code =
      name
        .replace(/ \([^)]*\)$/, "")
        .split(" ")
        .at(-1) ?? "";
    const means = explainReason(code, { language })?.means;
    return `${String(count).padStart(8)}  ${name}${means === undefined ? "" : `: ${means}`}`;
  });
  const left = all.length - told.length;
  return ["", title, ...told, ...(left > 0 ? [`          and ${left} more, in the report`] : [])];
}

function names(counted: Readonly<Record<string, number>>): string {
  const all = Object.entries(counted).toSorted(([, one], [, other]) => other - one);
  const told = all.slice(0, toldNames).map(([name, count]) => `${name} ${count}`);
  return [...told, ...(all.length > told.length ? ["…"] : [])].join(", ");
}
