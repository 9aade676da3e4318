import { expect } from "vitest";
import { expectTidy, type Imports } from "./imports.ts";

/** Rows that Authing cannot accept: every tenth. */
const isBad = (index: number) => index % 10 === 7;

/** A file of people. Every seventh has a newline in a name, so that rows and lines differ. */
export function peopleFile(count: number, from = 0): string {
  const rows = Array.from({ length: count }, (_, place) => {
    const index = from + place;
    const name = index % 7 === 3 ? `"张\n${index}"` : `张${index}`;
    return `${index},${name},${isBad(index) ? "no address" : `p${index}@example.com`}\n`;
  });
  return `工号,姓名,邮箱\n${rows.join("")}`;
}

/** The line on which each row of `peopleFile` starts. */
function linesOf(count: number): number[] {
  let line = 2;
  return Array.from({ length: count }, (_, index) => {
    const own = line;
    line += index % 7 === 3 ? 2 : 1;
    return own;
  });
}

/** Checks that every row has one result, every person is in Authing once, and only the results remain. */
export function expectWhole(run: Imports, id: string, count: number): void {
  const { summary, accepted, rejected } = run.results(id);
  const lines = linesOf(count);
  const good = lines.filter((_, index) => !isBad(index));
  const bad = lines.filter((_, index) => isBad(index));
  expect(accepted.map(({ row }) => row)).toEqual(good.map((line) => `line ${line}`));
  expect(Array.from(rejected.matchAll(/,line (\d+),[^\n]*\r\n/g), ([, row]) => Number(row))).toEqual(bad);
  expect(summary).toMatchObject({
    state: "finished",
    rows: count,
    rejected: bad.length,
    reasons: { "邮箱: email-invalid": bad.length },
  });
  expect(summary.accepted + summary.alreadyDone).toBe(good.length);
  expect(
    run.pool
      .users()
      .map(({ externalId }) => Number(externalId))
      .toSorted((one, other) => one - other),
  ).toEqual(Array.from({ length: count }, (_, index) => index).filter((index) => !isBad(index)));
  expectTidy(run, id);
}

/** Rows with the columns externalId and email, one line each, numbered from `from` up to but not including `to`. */
export const addressRows = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, index) => `${from + index},p${from + index}@example.com\n`).join("");
