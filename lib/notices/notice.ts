// What operators are told in a group chat, before it takes the form of one product's messages. A notice holds names of sources,
// counts, reasons, codes and times, and never anything about a person.

/** `alarm`: something is wrong. `over`: it is not any more. `report`: how things stand. */
export type Severity = "alarm" | "over" | "report";

export interface Notice {
  readonly severity: Severity;
  readonly title: string;
  readonly sections: readonly Section[];
}

export interface Section {
  readonly heading?: string;
  readonly entries: readonly Entry[];
}

/** A line to read, or a command to run next, which a product shows so that it can be copied unchanged. */
export type Entry = { readonly line: string } | { readonly command: string };

/** How a product marks up the parts of a notice. */
export interface Markup {
  readonly title?: (title: string) => string;
  readonly heading: (heading: string) => string;
  readonly line: (line: string) => string;
  readonly command: (command: string) => string;
}

const marks: Readonly<Record<Severity, string>> = { alarm: "🔴", over: "🟢", report: "📋" };

/** The title with a mark that shows its severity where a product shows no colours. */
const markedTitle = ({ severity, title }: Notice): string => `${marks[severity]} ${title}`;

/** A notice as one text. Without `markup.title`, the text begins with the first section. */
export function textOf(notice: Notice, markup: Markup): string {
  const title = markup.title ? [markup.title(markedTitle(notice))] : [];
  return [...title, ...notice.sections.map((section) => sectionText(section, markup))].join("\n\n");
}

/** One section as lines of text. */
export function sectionText({ heading, entries }: Section, markup: Markup): string {
  return [
    ...(heading === undefined ? [] : [markup.heading(heading)]),
    ...entries.map((entry) => ("line" in entry ? markup.line(entry.line) : markup.command(entry.command))),
  ].join("\n");
}

/** Text as it is, for products that read no markup. */
export const plain: Markup = {
  title: (title) => title,
  heading: (heading) => `【${heading}】`,
  line: (line) => line,
  command: (command) => command,
};
