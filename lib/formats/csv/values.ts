/** The values of a record, by the names of its columns. */
export type Values = new (cells: readonly string[]) => Readonly<Record<string, string>>;

/**
 * The constructor of the values of all records of a file, from as many cells as there are columns. It is compiled, with the names as JSON
 * strings: assigning by names in a loop takes twice the time, and `Object.create(null)`, a hash table, four times. The prototype has
 * nothing, so that a column may have any name, `__proto__` or `constructor`, and a name that is no column gives nothing.
 */
export function valuesClass(columns: readonly string[]): Values {
  const assignments = columns.map((column, at) => `this[${JSON.stringify(column)}] = cells[${at}];`);
  // oxlint-disable-next-line no-new-func
  const Compiled = new Function("cells", assignments.join("\n")) as unknown as Values;
  Object.defineProperty(Compiled, "prototype", { value: Object.create(null) });
  return Compiled;
}
