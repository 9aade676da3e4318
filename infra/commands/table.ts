/** The columns of the terminal, or of most terminals where the output goes elsewhere. */
export const terminalColumns = (): number => Math.max(60, process.stdout.columns ?? 100);

/**
 * Rows under a header; each column is as wide as its widest cell. Where that is wider than `columns`, the widest columns are cut, and
 * each cell that loses something ends in `…`. Wide characters (CJK) count as two.
 */
export function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  columns = Infinity,
): string {
  const widths = header.map((title, column) =>
    Math.max(...rows.map((row) => width(row[column] ?? "")), width(title)),
  );
  const gaps = 2 * Math.max(0, header.length - 1);
  while (widths.reduce((sum, each) => sum + each, gaps) > columns) {
    const widest = widths.indexOf(Math.max(...widths));
    if ((widths[widest] ?? 0) <= narrowest) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cut(cell, widths[column] ?? 0))
      .map((cell, column) => cell + " ".repeat((widths[column] ?? 0) - width(cell)))
      .join("  ")
      .trimEnd();
  return [line(header), line(widths.map((size) => "─".repeat(size))), ...rows.map(line), ""].join("\n");
}

const narrowest = 10;

/** A text in lines of so many columns at most, each with the indent in front. Words that are longer stand alone. */
export function wrapped(text: string, columns: number, indent = ""): string[] {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(" ").flatMap((each) => pieces(each, columns - width(indent)))) {
    const longer = line === indent ? `${line}${word}` : `${line} ${word}`;
    if (line !== indent && width(longer) > columns) {
      lines.push(line);
      line = `${indent}${word}`;
    } else line = longer;
  }
  return [...lines, line];
}

export const indentColumns = 2;
export const indented = (text: string): string => text.replaceAll(/^(?=.)/gm, " ".repeat(indentColumns));

/** Chinese has no spaces to break a line at: there a line may end behind any character. Other words stay whole. */
function pieces(word: string, columns: number): string[] {
  if (width(word) <= columns || !wide.test(word)) return [word];
  const [...characters] = word;
  const end = characters.findIndex((_, index) => width(characters.slice(0, index + 1).join("")) > columns);
  return [characters.slice(0, end).join(""), ...pieces(characters.slice(end).join(""), columns)];
}

function cut(text: string, columns: number): string {
  if (width(text) <= columns) return text;
  let kept = "";
  for (const character of text) {
    if (width(kept + character) > columns - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

const wide = /[\p{Unified_Ideograph}\u3000-\u30ff\uac00-\ud7a3\uff00-\uff60]/u;

function width(text: string): number {
  let sum = 0;
  for (const character of text) sum += wide.test(character) ? 2 : 1;
  return sum;
}
