import type { AttributeValue } from "@aws-sdk/client-dynamodb";

// What DynamoDB bills for a request, by its own rules, computed from the items that the requests hold:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html (units),
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html (sizes),
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html (writes in an index).

type Item = Readonly<Record<string, AttributeValue>>;

/** A secondary index: its keys, and whether it holds whole items. */
export interface Index {
  readonly name: string;
  readonly keys: readonly string[];
  readonly isWhole: boolean;
}

export interface Units {
  readonly table: number;
  readonly indexes: number;
}

const writeBytes = 1024;
const readBytes = 4096;

function sizeOfValue(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  // About one byte for two digits, and one more.
  if (value.N !== undefined) return Math.ceil(value.N.length / 2) + 1;
  // In JSON as base64.
  if (value.B !== undefined) return Buffer.from(value.B as unknown as string, "base64").length;
  if (value.SS) return value.SS.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (value.NS) return value.NS.reduce((sum, text) => sum + Math.ceil(text.length / 2) + 1, 0);
  if (value.L) return value.L.reduce((sum, each) => sum + 1 + sizeOfValue(each), 3);
  if (value.M) return 3 + sizeOf(value.M);
  return 1;
}

/** The size of an item in bytes: the names of its attributes and their values. */
export const sizeOf = (item: Item): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + sizeOfValue(value), 0);

const writeUnitsOf = (bytes: number) => Math.max(1, Math.ceil(bytes / writeBytes));

/** An eventually consistent read takes half as much. */
export const readUnitsOf = (bytes: number, isConsistent: boolean) =>
  Math.max(1, Math.ceil(bytes / readBytes)) * (isConsistent ? 1 : 0.5);

/** The units of a write that replaces `before` by `after`; either may be absent. */
export function writeUnits(
  before: Item | undefined,
  after: Item | undefined,
  indexes: readonly Index[],
): Units {
  const table = writeUnitsOf(Math.max(before ? sizeOf(before) : 0, after ? sizeOf(after) : 0));
  return { table, indexes: indexes.reduce((sum, index) => sum + unitsInIndex(before, after, index), 0) };
}

function unitsInIndex(before: Item | undefined, after: Item | undefined, index: Index): number {
  const [old, now] = [entryOf(before, index), entryOf(after, index)];
  if (JSON.stringify(old) === JSON.stringify(now)) return 0;
  const isMoved = old && now && index.keys.some((key) => keyText(old, key) !== keyText(now, key));
  if (isMoved) return writeUnitsOf(sizeOf(old)) + writeUnitsOf(sizeOf(now));
  return writeUnitsOf(Math.max(old ? sizeOf(old) : 0, now ? sizeOf(now) : 0));
}

const keyText = (item: Item, key: string) => JSON.stringify(item[key]);

/** What the index holds of an item: nothing of one that lacks a key of the index. */
function entryOf(item: Item | undefined, { keys, isWhole }: Index): Item | undefined {
  if (!item || keys.some((key) => item[key] === undefined)) return undefined;
  const names = isWhole ? Object.keys(item) : [...new Set(["pk", "sk", ...keys])];
  return Object.fromEntries(names.toSorted().map((name) => [name, item[name] as AttributeValue]));
}
