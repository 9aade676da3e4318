/** Prints rows under a header; each column is as wide as its widest cell. Wide characters (CJK) count as two. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) =>
    Math.max(...[header, ...rows].map((row) => width(row[column] ?? "")), width(title)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell + " ".repeat((widths[column] ?? 0) - width(cell)))
      .join("  ")
      .trimEnd();
  return [line(header), line(widths.map((size) => "─".repeat(size))), ...rows.map(line), ""].join("\n");
}

function width(text: string): number {
  return [...text].reduce(
    (sum, character) => sum + (/\p{Unified_Ideograph}|[\u3000-\u30ff\uff00-\uff60]/u.test(character) ? 2 : 1),
    0,
  );
}
