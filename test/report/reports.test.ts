import { build } from "esbuild";
import { renderToString } from "preact-render-to-string";
import { describe, expect, it } from "vitest";
import { importPage, rosterPage } from "#lib/report/static-page.ts";
import { ImportReport, type ShownImport } from "#lib/report/import-report.ts";
import { type ShownRoster } from "#lib/report/roster-report.ts";

/** It has markup, quotes, and a mark that turns the direction of writing. */
const hostile = `<img src=x onerror="alert('1')">\u202Efdp`;
const name = (number: number) => `${number}${hostile}`;
const counts = { accepted: 3, updated: 1, alreadyDone: 2, differing: 1, rejected: 4 };

const summary: ShownImport = {
  ...counts,
  import: "20261127T090000Z-people",
  object: { key: name(1) },
  source: "hr",
  state: "refused",
  problem: { reason: "too-many-rows", path: name(2), hint: "A hint." },
  startedAt: "2026-11-27T09:00:00.000Z",
  finishedAt: "2026-11-27T09:01:00.000Z",
  estimate: { requests: 12, seconds: 3 },
  preview: { people: counts, secrets: counts },
  rows: 12,
  skipped: 1,
  people: counts,
  secrets: counts,
  reasons: { "email-invalid": 1, [`${name(3)}: phone-invalid`]: 3, "own-reason": 2 },
  notes: { "account-differs": 1, "email-invalid": 1 },
  details: { format: "csv", sheet: name(4), absent: undefined },
  mapping: { email: name(5) },
  unusedColumns: [name(6), name(7)],
  columnNotes: [`${name(8)}: column-repeated`],
};
const details = {
  columns: [name(9), "second", "third"],
  examples: {
    "email-invalid": [{ place: "line 2", cells: [name(10), "王小明"] }],
    "account-differs": [{ place: "line 3", cells: [name(11)] }],
  },
};

const roster: ShownRoster = {
  source: "hr",
  run: "20261127T090000Z",
  state: "planned",
  problem: { reason: "malformed", path: name(1) },
  file: name(2),
  startedAt: "2026-11-27T09:00:00.000Z",
  writtenAt: "2026-11-27T09:01:00.000Z",
  read: { people: 12, inScope: 10, outOfScope: 1, unusable: 1, nameless: 0, reasons: { "email-invalid": 1 } },
  open: 9,
  joiners: 1,
  movers: 2,
  back: 0,
  unchanged: 5,
  others: 0,
  undecided: 0,
  rejectedBefore: 0,
  closed: 0,
  fields: { [name(3)]: 2 },
  departures: {
    listed: 1,
    absent: 3,
    proven: 1,
    stillThere: 1,
    unproven: 1,
    reasons: { [name(4)]: 1 },
    areHeld: true,
    taken: 5,
    lost: [name(5), name(6)],
  },
  foretold: { "rejected conflict (email)": 1, accepted: 2 },
  outcomes: {},
  verified: { accounts: 9, differing: 1, closed: 1, fields: { [name(7)]: 1 } },
  adopted: { linked: 1 },
  requests: { source: 4, authing: 5 },
  estimate: { requests: 12, seconds: 3 },
  filled: { [name(8)]: { now: 0, before: 9 }, email: { now: 9 } },
  missing: [name(9)],
};

const pages: readonly (readonly [what: string, page: string, names: number])[] = [
  ["an import", importPage(summary, details), 11],
  ["a roster", rosterPage(roster), 9],
];

describe.each(pages)("the report of %s", (_, page, names) => {
  it("shows what came from outside as text, and isolates its direction", () => {
    expect(page).not.toContain("<img");
    for (let number = 1; number <= names; number += 1) {
      expect(page).toContain(`<bdi>${number}&lt;img`);
    }
    // Every mark that turns the direction is within an isolated element.
    expect(page.replaceAll(/<bdi>[^<]*<\/bdi>/g, "")).not.toContain("\u202E");
  });

  it("marks each language as what it is", () => {
    expect(page).toContain('<html lang="en">');
    expect(page).toMatch(/<span lang="en">[^<]+<\/span> <span lang="zh-CN">\p{Script=Han}/u);
    expect(page).toMatch(/<p lang="en">[^<]+<\/p><p lang="zh-CN">[^<]*\p{Script=Han}/u);
    const rest = page
      .replaceAll(/<(\w+) lang="zh-CN">[^<]*<\/\1>/g, "")
      .replaceAll(/<bdi>[^<]*<\/bdi>/g, "")
      .replace(/<style>[^]*<\/style>/, "");
    expect(rest).not.toMatch(/\p{Script=Han}/u);
  });

  it("loads nothing and runs nothing", () => {
    expect(page).toMatch(/^<!doctype html>\n/);
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    const tags = page.match(/<[^>]*>/g)?.join("") ?? "";
    expect(tags).not.toMatch(
      /\s(?:src|href|style|on\w+)=|<(?:script|link|iframe|form|base)\b|http-equiv="refresh/i,
    );
    expect(page.match(/<style>/g)).toHaveLength(1);
  });

  it("has no head of a column or a row without words", () => {
    expect(page).not.toMatch(/<th[^>]*><\/th>|<bdi><\/bdi>/);
  });
});

describe("the report of an import", () => {
  const [[, page]] = pages as [(typeof pages)[number]];
  const [, reasons = "", notes = "", read = ""] = page.split(/<h2>/).slice(2);

  it("puts the most frequent reason first, and its sentences beside it, where it has any", () => {
    expect(reasons.match(/phone-invalid<\/code>|own-reason|email-invalid/g)).toEqual([
      "phone-invalid</code>",
      "own-reason",
      "email-invalid",
    ]);
    expect(reasons).toContain('<code>own-reason</code></td><td class="n">2</td><td></td>');
  });

  it("shows first rows under as many columns as they have, and of notes those about accounts only", () => {
    expect(reasons).toMatch(/<details open>.*<th scope="col"><bdi>second<\/bdi><\/th><\/tr>.*line 2.*王小明/);
    expect(reasons).not.toContain("third");
    expect(notes).toContain("line 3");
    expect(notes).not.toContain("line 2");
  });

  it("says how the file was read, as far as it is known", () => {
    expect(read).toContain("文件格式");
    expect(read).not.toContain("absent");
  });

  it("says of a file without rejected rows that there are none", () => {
    expect(importPage({ ...summary, reasons: {}, notes: {} }, details)).toContain("No row is rejected.");
  });

  it("asks for sentences where it is shown", () => {
    const explain = (code: string, language: string) => ({
      means: `${code} in ${language}.`,
      next: "Do it.",
    });
    const text = renderToString(ImportReport({ summary, details, explain }));
    expect(text).toContain(
      '<p lang="en">own-reason in en. Do it.</p><p lang="zh-CN">own-reason in zh.Do it.</p>',
    );
  });
});

it("brings nothing into a page of a browser but its own components and Preact", async () => {
  const { metafile } = await build({
    stdin: {
      contents: `export * from "#lib/report/import-report.ts"; export * from "#lib/report/roster-report.ts";`,
      resolveDir: ".",
    },
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "browser",
  });
  expect(Object.keys(metafile.inputs)).toContain("lib/report/parts.ts");
  for (const input of Object.keys(metafile.inputs)) {
    expect(input).toMatch(/^(?:<stdin>$|lib\/report\/)|(?:^|\/)node_modules\/preact\//);
  }
});
