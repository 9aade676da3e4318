import { createHash } from "node:crypto";
import { identifierOf, identifiers, type Identified } from "#lib/authing/identifiers.ts";
import type { ObjectStore } from "#lib/contract/objects.ts";
import { readChunk } from "./chunk-rows.ts";
import type { ImportPlan } from "./import-plan.ts";
import type { RowTranslator } from "./rows/row-translator.ts";

/** The identifiers that several rows of a file have, each as a number of 48 bits. */
export interface RepeatedIdentifiers {
  readonly hashes: readonly number[];
  /** There are more identifiers, or more that are repeated, than are compared. */
  readonly isPartial?: true;
}

/** So many identifiers are compared, of the first rows: 64 MB, for a file of a million people with three identifiers each. */
const mostCompared = 4_000_000;
const mostRepeated = 50_000;

/**
 * Finds the identifiers that several rows of a file of people have: only the rows that have them depend on each other. An identifier that is
 * taken for a repeated one costs memory and changes no result.
 */
export async function repeatedIdentifiers(
  plan: ImportPlan,
  objects: ObjectStore,
  translator: RowTranslator,
  most = { compared: mostCompared, repeated: mostRepeated },
): Promise<RepeatedIdentifiers> {
  // Secrets are for people who are there: which row is first makes no difference.
  if (plan.kind !== "users") return { hashes: [] };
  const seen = hashSet(Math.min(most.compared, 8 * plan.rows + 8));
  const repeated = new Set<number>();
  for (const [index, chunk] of plan.chunks.entries()) {
    for (const row of await readChunk(plan, index, chunk, objects)) {
      const own = new Set(translator.translate(row).flatMap(({ change }) => hashesOf(personIn(change))));
      for (const hash of own) {
        if (seen.add(hash)) continue;
        repeated.add(hash);
        if (repeated.size >= most.repeated) return { hashes: [...repeated], isPartial: true };
      }
      if (seen.size >= most.compared) return { hashes: [...repeated], isPartial: true };
    }
  }
  return { hashes: [...repeated] };
}

const personIn = (change: { kind: string; person?: Identified } | undefined): Identified =>
  change?.kind === "create" ? (change.person ?? {}) : {};

/** A hash of each identifier of a person. */
export const hashesOf = (person: Identified): number[] =>
  identifiers.flatMap((kind) => {
    const value = identifierOf(person, kind);
    if (value === undefined) return [];
    return createHash("sha256").update(`${kind}:${value}`).digest().readUIntBE(0, 6);
  });

/** A set of numbers above 0 in a table of fixed size. */
function hashSet(most: number) {
  const table = new Float64Array(2 ** Math.ceil(Math.log2(2 * most + 2)));
  let size = 0;
  return {
    /** Whether it was not there before. */
    add(hash: number): boolean {
      for (let at = hash % table.length; ; at = (at + 1) % table.length) {
        if (table[at] === hash) return false;
        if (table[at] !== 0) continue;
        table[at] = hash;
        size += 1;
        return true;
      }
    },
    get size() {
      return size;
    },
  };
}
