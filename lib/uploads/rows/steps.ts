import { isSameList } from "#lib/layouts/columns.ts";
import type { EntryFields } from "./entry-kind.ts";

/** Reads some fields of an entry. Steps are taken in their order, so that what is told of a row is in that order. */
export interface Step {
  /** It is taken for the entries that have one of these. */
  readonly fields: readonly string[];
  take(): void;
}

/** How many lists of fields are known at a time: records of JSON may have fields of their own. */
const mostKept = 64;

/** Finds the steps for an entry. Of the fifty fields that a person may have, a file has a few, and mostly the same in all its rows. */
export function stepsByFields(all: readonly Step[]): (entry: EntryFields) => readonly Step[] {
  let last: { readonly fields: readonly string[]; readonly steps: readonly Step[] } | undefined;
  const known = new Map<string, NonNullable<typeof last>>();
  return (entry) => {
    const fields = Object.keys(entry);
    if (last !== undefined && isSameList(last.fields, fields)) return last.steps;
    const key = JSON.stringify(fields);
    last = known.get(key);
    if (last === undefined) {
      const own = new Set(fields);
      last = { fields, steps: all.filter((step) => step.fields.some((field) => own.has(field))) };
      if (known.size >= mostKept) known.clear();
      known.set(key, last);
    }
    return last.steps;
  };
}
