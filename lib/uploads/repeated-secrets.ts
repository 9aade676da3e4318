import { hash, randomBytes } from "node:crypto";
import type { PersonReference } from "#lib/contract/change.ts";
import type { Row, RowProblem } from "#lib/formats/format.ts";

// Secrets that two rows of a file share, and people that two rows give different secrets: mostly a column that was filled down or sorted alone.

type RepetitionNote = "secret-of-another-row" | "person-has-another-secret";

/** A secret of a row, as it would go to Authing. */
interface RowSecret {
  /** Base32. */
  readonly secret: string;
  readonly who: PersonReference;
  /** The column or path of the secret. */
  readonly column: string;
}

/** Compares the secrets of all rows of one file, in its order. */
export interface RepeatedSecrets {
  /** The row, with a note where an earlier row has its secret or its person. */
  compared(row: Row, secrets: readonly RowSecret[]): Row;
  /** The place of the first row that was not compared; `undefined` when all were. */
  readonly stoppedAt: string | undefined;
}

/** 8 bytes each, in a table that is at most half full: 64 MB. A secret of a person who is named by one field takes three. */
const maxHashes = 4_000_000;

/** Keeps no secret and no name, but hashes under a key that is nowhere else: for each secret, each name of a person, and each pair of the two. */
export function repeatedSecrets(limit = maxHashes): RepeatedSecrets {
  const key = randomBytes(32).toString("base64");
  const hashOf = (text: string): Hash => {
    const bytes = hash("sha256", `${key}${text}`, "buffer");
    return { low: bytes.readUInt32LE(0), high: bytes.readUInt32LE(4) };
  };
  const seen = hashSet();
  let stoppedAt: string | undefined;

  function notesOf({ secret, who, column }: RowSecret): RowProblem[] {
    const ofSecret = hashOf(`secret ${secret}`);
    const { phone, phoneCountryCode = "", ...others } = who;
    const names = Object.entries({
      ...others,
      ...(phone !== undefined && { phone: `${phoneCountryCode} ${phone}` }),
    }).map(([field, name]) => hashOf(`${field} ${name}`));
    const pairs = names.map((name) => pairOf(name, ofSecret));
    const hasSecret = seen.has(ofSecret);
    const hasPerson = names.some((name) => seen.has(name));
    const hasBoth = pairs.some((pair) => seen.has(pair));
    for (const each of [ofSecret, ...names, ...pairs]) seen.add(each);
    const codes: RepetitionNote[] = [];
    if (hasSecret && !hasBoth) codes.push("secret-of-another-row");
    if (hasPerson && !hasBoth) codes.push("person-has-another-secret");
    return codes.map((code) => ({ column, code }));
  }

  return {
    compared(row, secrets) {
      if (secrets.length === 0 || stoppedAt !== undefined) return row;
      if (seen.size() >= limit) {
        stoppedAt = row.place;
        return row;
      }
      const notes = secrets.flatMap(notesOf);
      return notes.length === 0 ? row : { ...row, notes: [...(row.notes ?? []), ...notes] };
    },
    get stoppedAt() {
      return stoppedAt;
    },
  };
}

/** 64 bits, as two halves. */
interface Hash {
  readonly low: number;
  readonly high: number;
}

/** Halves of secrets are shifted against those of names, so that a pair is told from each of the two. */
const pairOf = (name: Hash, secret: Hash): Hash => ({
  low: (name.low ^ secret.high) >>> 0,
  high: (name.high ^ ((secret.low << 1) | (secret.high >>> 31))) >>> 0,
});

/** A set of hashes: open addressing in a typed array that doubles, without memory before the first one. */
function hashSet() {
  let slots = new Uint32Array(0);
  let count = 0;
  /** Where a hash is, or the empty slot for it: one whose halves are both 0, as those of no hash are. */
  const slotOf = ({ low, high }: Hash, table: Uint32Array): number => {
    const mask = table.length / 2 - 1;
    for (let at = low & mask; ; at = (at + 1) & mask) {
      const [ownLow, ownHigh] = [table[2 * at], table[2 * at + 1]];
      if ((ownLow === low && ownHigh === high) || (ownLow === 0 && ownHigh === 0)) return 2 * at;
    }
  };
  const put = (value: Hash, table: Uint32Array, at: number) => {
    table[at] = value.low;
    table[at + 1] = value.high;
  };
  const grow = () => {
    const next = new Uint32Array(Math.max(2048, slots.length * 2));
    for (let at = 0; at < slots.length; at += 2) {
      const value = { low: slots[at] as number, high: slots[at + 1] as number };
      if (value.low !== 0 || value.high !== 0) put(value, next, slotOf(value, next));
    }
    slots = next;
  };
  const isIn = (at: number) => slots[at] !== 0 || slots[at + 1] !== 0;
  return {
    has: (value: Hash) => slots.length > 0 && isIn(slotOf(value, slots)),
    add(value: Hash) {
      if ((count + 1) * 4 > slots.length) grow();
      const at = slotOf(value, slots);
      if (isIn(at)) return;
      put(value, slots, at);
      count += 1;
    },
    size: () => count,
  };
}
