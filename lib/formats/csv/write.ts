/** How a CSV is written. */
interface CsvStyle {
  readonly delimiter: string;
  /** CRLF, where nothing else is said. */
  readonly lineEnd?: string;
}

/**
 * Writes records of a CSV, each with its line end, quoted by RFC 4180 where necessary. A cell that a spreadsheet would take for a formula
 * is preceded by `'` (https://owasp.org/www-community/attacks/CSV_Injection); reading an upload removes it.
 */
export function csvWriter({ delimiter, lineEnd = "\r\n" }: CsvStyle): (cells: readonly string[]) => string {
  const cellOf = (value: string): string => {
    const safe = /^[=+\-@＝＋－＠\t\r\n]/.test(value) ? `'${value}` : value;
    const isPlain = !safe.includes(delimiter) && !/["\r\n]|^\s|\s$/.test(safe);
    return isPlain ? safe : `"${safe.replaceAll('"', '""')}"`;
  };
  return (cells) => `${cells.map(cellOf).join(delimiter)}${lineEnd}`;
}
