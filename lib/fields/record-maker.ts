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
 * @param prototype That of all objects, or, by default, one that has nothing: so a column may have any name, `__proto__` or `constructor`,
 *   and a name that is no column gives nothing.
 */
export function recordMaker<Value>(
  names: readonly string[],
  prototype: object = nameless,
): RecordMaker<Value> {
  const key = JSON.stringify([prototype === nameless, names]);
  const known = makers.get(key);
  if (known) return known as RecordMaker<Value>;
  const made = newMaker<Value>(names, prototype);
  if (makers.size >= mostKept) makers.clear();
  if (key.length <= longestKept) makers.set(key, made as RecordMaker<unknown>);
  return made;
}

/**
 * Of the same names the same maker: what reads the records of each chunk of a file is compiled for the records of the first one, and would
 * be compiled anew for others.
 */
const makers = new Map<string, RecordMaker<unknown>>();
const mostKept = 256;
/** In UTF-16 units. */
const longestKept = 16_384;

function newMaker<Value>(names: readonly string[], prototype: object): RecordMaker<Value> {
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
