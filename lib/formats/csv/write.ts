/**
 * One record of a CSV file with its line end, quoted by RFC 4180 where necessary. A cell that a spreadsheet would take for a
 * formula is preceded by `'` (https://owasp.org/www-community/attacks/CSV_Injection); reading an upload removes it.
 */
export function csvRecord(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

function csvCell(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
