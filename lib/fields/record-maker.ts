/** Makes a record that has these names, from as many values. */
export type RecordMaker<Value> = (values: readonly Value[]) => Readonly<Record<string, Value>>;

type RecordClass<Value> = new (values: readonly Value[]) => Readonly<Record<string, Value>>;

const nameless: object = Object.freeze(Object.create(null) as object);

/** To compile a constructor takes as long as some dozen records without one. */
const compiledAfter = 32;

/**
 * Makes the records of a file that all have the same names. After the first ones by a constructor that is compiled, with the names as JSON
 * strings: assigning by names in a loop takes several times as long, and `Object.create(null)`, a hash table, longer still.
 *
 * @param prototype Default: one that has nothing, so that a column may have any name, `__proto__` or `constructor`, and a name that is no
 *   column gives nothing.
 */
export function recordMaker<Value>(names: readonly string[], prototype = nameless): RecordMaker<Value> {
  let count = 0;
  let Compiled: RecordClass<Value> | undefined;
  return (values) => {
    if (Compiled) return new Compiled(values);
    count += 1;
    if (count > compiledAfter) {
      const assignments = names.map((name, at) => `this[${JSON.stringify(name)}] = values[${at}];`);
      // oxlint-disable-next-line no-new-func
      const Made = new Function("values", assignments.join("\n")) as unknown as RecordClass<Value>;
      Object.defineProperty(Made, "prototype", { value: prototype });
      Compiled = Made;
      return new Made(values);
    }
    const record = Object.create(prototype) as Record<string, Value>;
    for (const [at, name] of names.entries()) record[name] = values[at] as Value;
    return record;
  };
}
