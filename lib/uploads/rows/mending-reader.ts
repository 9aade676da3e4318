import { mended, type ValueKind } from "#lib/fields/damage.ts";
import type { Read } from "#lib/fields/read.ts";
import type { RowProblem } from "#lib/formats/format.ts";
import type { FieldReader } from "./entry-kind.ts";

/** Reads the fields of an entry without the damage that files do, and collects what is to be told of them, each field once. */
export interface MendingReader<Field extends string> {
  /** The value as it is meant; no value where the damage is beyond mending. */
  readonly read: (field: Field, kind: ValueKind) => Read;
  readonly problems: readonly RowProblem[];
  readonly notes: readonly RowProblem[];
}

export function mendingReader<Field extends string>(written: FieldReader<Field>): MendingReader<Field> {
  const problems: RowProblem[] = [];
  const notes: RowProblem[] = [];
  /** Those of which something is told. */
  let known: Map<Field, Read> | undefined;
  return {
    problems,
    notes,
    read(field, kind) {
      const before = known?.get(field);
      if (before) return before;
      const { read, problem, notes: told } = mended(written(field), kind);
      // A row has some fifty fields, and nearly all are as they are meant: to keep each of them takes longer than to look again.
      if (problem === undefined && told.length === 0) return read;
      known ??= new Map();
      known.set(field, read);
      if (problem !== undefined) problems.push({ column: read.path, code: problem });
      for (const code of told) notes.push({ column: read.path, code });
      return read;
    },
  };
}
