import { mended, type ValueKind } from "#lib/fields/damage.ts";
import type { Read } from "#lib/fields/read.ts";
import { isUndamaged } from "#lib/fields/undamaged.ts";
import type { RowProblem } from "#lib/formats/format.ts";
import type { EntryFields } from "./entry-kind.ts";

/** Reads the fields of one entry after the other, without the damage that files do, and collects what is to be told of each field, once. */
export interface MendingReader<Field extends string> {
  /** Goes on to another entry. */
  begin(fields: EntryFields): void;
  /** The value as the file has it. */
  written(field: Field): Read;
  /** The value as it is meant; no value where the damage is beyond mending. The path of a field that is not there is empty. */
  read(field: Field, kind: ValueKind): Read;
  /** Those of the entry, so far. */
  problems(): readonly RowProblem[];
  notes(): readonly RowProblem[];
}

/** Most fields are in no file. */
const absent: Read = { value: undefined, path: "" };
const nothingTold: readonly RowProblem[] = [];

/** The reader of the entries of one file. */
export function mendingReader<Field extends string>(): MendingReader<Field> {
  let fields: EntryFields = {};
  let problems: RowProblem[] | undefined;
  let notes: RowProblem[] | undefined;
  /** Those of which something is told. */
  let known: Map<Field, Read> | undefined;

  return {
    begin(next) {
      fields = next;
      problems = undefined;
      notes = undefined;
      known = undefined;
    },
    written: (field) => fields[field] ?? { value: undefined, path: field },
    read(field, kind) {
      const before = known?.get(field);
      if (before) return before;
      const own = fields[field];
      if (own === undefined) return absent;
      const { value } = own;
      // A row has some fifty fields, and nearly all are as they are meant: to keep each of them takes longer than to look again.
      if (typeof value !== "string" || value === "" || isUndamaged(value, kind)) return own;
      const { read, problem, notes: told } = mended(own, kind);
      if (problem === undefined && told.length === 0) return read;
      known ??= new Map();
      known.set(field, read);
      if (problem !== undefined) (problems ??= []).push({ column: read.path, code: problem });
      for (const code of told) (notes ??= []).push({ column: read.path, code });
      return read;
    },
    problems: () => problems ?? nothingTold,
    notes: () => notes ?? nothingTold,
  };
}
