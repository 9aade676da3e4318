import { createHash } from "node:crypto";

// Who is in a list, in bounded memory: eight bytes for each person. Hashes are keyed by the run: should two of a million people have the same
// one (once in 9,000 runs), one of them is not missed tonight, and tomorrow they differ.

/** Hashes of subjects, whole numbers below 2^52. */
export type SubjectHashes = Float64Array<ArrayBuffer>;

export function hashOf(run: string, subject: string): number {
  // JSON, so that halves of surrogate pairs differ.
  const digest = createHash("sha256")
    .update(JSON.stringify([run, subject]))
    .digest();
  return digest.readUIntBE(0, 6) * 16 + ((digest[6] ?? 0) >> 4);
}

export const hashesOf = (run: string, subjects: readonly string[]): SubjectHashes =>
  Float64Array.from(subjects, (subject) => hashOf(run, subject)) as SubjectHashes;

/** Hashes as they were written. */
export function storedHashes(bytes: Buffer | undefined): SubjectHashes {
  if (!bytes) return new Float64Array(0);
  const copy = new Uint8Array(bytes.length - (bytes.length % 8));
  copy.set(bytes.subarray(0, copy.length));
  return new Float64Array(copy.buffer);
}

export interface SubjectIndex {
  /** How many people there are, each counted once. */
  readonly size: number;
  has(hash: number): boolean;
  /** The last part that a person is in. */
  lastPartOf(hash: number, part: number): number;
}

/** @param parts the hashes of the people of each part of the list. */
export function subjectIndex(parts: readonly SubjectHashes[]): SubjectIndex {
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const part of parts) {
    all.set(part, end);
    end += part.length;
  }
  all.sort();
  const repeated = new Set<number>();
  let size = 0;
  for (const [index, hash] of all.entries()) {
    if (index > 0 && all[index - 1] === hash) repeated.add(hash);
    else size += 1;
  }
  const last = new Map<number, number>();
  if (repeated.size > 0)
    for (const [part, hashes] of parts.entries())
      for (const hash of hashes) if (repeated.has(hash)) last.set(hash, part);
  return {
    size,
    has(hash) {
      let [from, to] = [0, all.length];
      while (from < to) {
        const middle = (from + to) >>> 1;
        if ((all[middle] ?? 0) < hash) from = middle + 1;
        else to = middle;
      }
      return all[from] === hash;
    },
    lastPartOf: (hash, part) => last.get(hash) ?? part,
  };
}
