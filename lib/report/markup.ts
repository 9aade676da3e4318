import { h, type JSX } from "preact";

// Elements as functions, since Node runs these files without a step that compiles JSX: `tr(td("one"), td("two"))`. Text is always text:
// no function here takes markup.

/** What an element contains. `undefined` and `false` show nothing. */
export type Content = JSX.Element | string | number | false | undefined | readonly Content[];

const element =
  (name: string) =>
  (...contents: readonly Content[]): JSX.Element =>
    h(name, null, ...contents);

/** Text from outside (names, cells, paths): its direction of writing, and marks that change it, end with the element. */
export const bdi = element("bdi");
export const caption = element("caption");
export const code = element("code");
export const head = element("head");
export const h1 = element("h1");
export const h2 = element("h2");
export const li = element("li");
export const main = element("main");
export const p = element("p");
export const table = element("table");
export const tbody = element("tbody");
export const td = element("td");
export const thead = element("thead");
export const tr = element("tr");
export const ul = element("ul");

/** The head of a column. */
export const columnHead = (...contents: readonly Content[]): JSX.Element =>
  h("th", { scope: "col" }, ...contents);

/** The head of a row. */
export const rowHead = (...contents: readonly Content[]): JSX.Element =>
  h("th", { scope: "row" }, ...contents);

/** A cell with a number. */
export const numberCell = (number: number | undefined): JSX.Element => h("td", { class: "n" }, number);

/** What the reader has to know before all else. */
export const warning = (...contents: readonly Content[]): JSX.Element =>
  h("section", { class: "bad" }, ...contents);
