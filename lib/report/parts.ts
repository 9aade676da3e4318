import { Fragment, h, type JSX } from "preact";
import {
  bdi,
  caption,
  code,
  columnHead,
  numberCell,
  p,
  rowHead,
  table,
  tbody,
  td,
  thead,
  tr,
  warning,
  type Content,
} from "./markup.ts";

// The components that reports are made of. They have no state: a report calls them as functions, and a page in JSX may use them as elements.

/** Words in the two languages of a report. */
export type Label = readonly [en: string, zh: string];

/** What a reason code means and what to do next; `undefined` for a code that is not known. An argument, since a page fetches the sentences. */
export type Explain = (
  code: string,
  language: "en" | "zh",
) => { readonly means: string; readonly next?: string } | undefined;

/** A label in both languages, each marked as what it is, so that a screen reader speaks it rightly. */
export function InBoth({ label: [en, zh] }: { readonly label: Label }): JSX.Element {
  return h(Fragment, null, h("span", { lang: "en" }, en), " ", h("span", { lang: "zh-CN" }, zh));
}

/** Names from outside, each isolated from the others. */
export const listed = (names: readonly string[]): Content =>
  names.map((name, index) => [index > 0 && ", ", bdi(name)]);

/** A table of labels and their values; a label without a value is left out. */
export function Pairs({
  rows,
}: {
  readonly rows: readonly (readonly [label: Content, value: Content])[];
}): JSX.Element {
  const known = rows.filter(([, value]) => value !== undefined);
  return table(tbody(known.map(([label, value]) => tr(rowHead(label), td(value)))));
}

/** The sentences of a reason, a paragraph for each language; nothing for a code that is not known. */
export function Sentences({
  about,
  explain,
}: {
  readonly about: string;
  readonly explain: Explain;
}): readonly Content[] {
  return (["en", "zh"] as const).map((language) => {
    const explained = explain(about, language);
    if (!explained) return undefined;
    const { means, next = "" } = explained;
    // Chinese has no space between sentences.
    return language === "zh"
      ? h("p", { lang: "zh-CN" }, means + next)
      : h("p", { lang: "en" }, `${means} ${next}`.trim());
  });
}

/** Names and how often each occurs, the most frequent first; nothing where there are none. */
export function Tally({
  title,
  names,
  counted,
  shown = (name) => code(bdi(name)),
  meaning,
}: {
  readonly title?: Label;
  /** What the names are. */
  readonly names: Label;
  readonly counted: Readonly<Record<string, number>>;
  /** How a name is shown; absent: as code. */
  readonly shown?: (name: string) => Content;
  /** What a name means; absent: there is no such column. */
  readonly meaning?: (name: string) => Content;
}): JSX.Element | undefined {
  const all = Object.entries(counted).toSorted(([, one], [, other]) => other - one);
  if (all.length === 0) return undefined;
  return table(
    title && caption(InBoth({ label: title })),
    thead(
      tr(
        columnHead(InBoth({ label: names })),
        columnHead(InBoth({ label: ["Number", "数量"] })),
        meaning && columnHead(InBoth({ label: ["What it means, and what to do", "含义与处理方法"] })),
      ),
    ),
    tbody(all.map(([name, count]) => tr(td(shown(name)), numberCell(count), meaning && td(meaning(name))))),
  );
}

/** Why a file or a list was not read to its end. */
export function Problem({
  title,
  problem: { reason, path, hint },
  explain,
}: {
  readonly title?: Content;
  readonly problem: { readonly reason: string; readonly path?: string; readonly hint?: string };
  readonly explain: Explain;
}): JSX.Element {
  return warning(
    title,
    p(code(reason), path !== undefined && [", ", bdi(path)]),
    Sentences({ about: reason, explain }),
    hint !== undefined && p(hint),
  );
}
