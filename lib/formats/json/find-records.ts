import { InboundError } from "#lib/contract/errors.ts";
import { maxRecordLength, type FileText, type ReadContext } from "#lib/formats/format.ts";
import { listPlaces, placesAround } from "#lib/formats/list-paths.ts";
import { scanned } from "./scanned.ts";
import { createScanner, maxAroundLength } from "./scanner.ts";

/**
 * Reads a document until it is clear where its records are: in the first of the lists that has an object, or `document` when it holds no
 * list and is a record itself. An element of the document's own list may be a record, or hold the list of records, as each of Keycloak's
 * realms does: so elements of `maxRecordLength` in all are looked into.
 *
 * @returns `undefined` when nothing in it is a record.
 * @throws InboundError `malformed` with the line for a document that is damaged before that.
 */
export async function findRecords(
  text: FileText,
  context: Pick<ReadContext, "lists" | "knows">,
): Promise<{ readonly list: string } | "document" | undefined> {
  let found: string | undefined;
  let likely: string | undefined;
  let likelyUntil = Infinity;
  let empty: string | undefined;
  let isKnown = false;
  const scanner = createScanner(listPlaces(context.lists), {
    element(list, isObject, holdsMore) {
      if (!isObject) empty ??= list;
      else if (!holdsMore) found ??= list;
      else if (likely === undefined) {
        likely = list;
        likelyUntil = scanner.offset() + maxRecordLength;
      }
    },
    listEnd(list, count) {
      if (count === 0) empty ??= list;
      if (list === likely) found ??= list;
    },
    key(key) {
      isKnown ||= context.knows(key);
    },
  });
  try {
    for await (const _rows of scanned(text, scanner)) {
      if (found !== undefined || scanner.offset() > likelyUntil) break;
    }
  } catch (error) {
    // Who reads the rows meets it again: it may cost one record only.
    const isMet =
      error instanceof InboundError && error.code === "malformed" && (found ?? likely ?? empty) !== undefined;
    if (!isMet) throw error;
  }
  const list = found ?? likely ?? empty;
  if (list !== undefined) return { list };
  return isKnown && scanner.offset() <= maxRecordLength ? "document" : undefined;
}

/**
 * What stands beside a list of records under some names: it may be behind the list, so the document is read to its end, and its records are
 * passed over. Of lists deeper in a document nothing is read.
 *
 * @throws InboundError `malformed` `json-member-too-long` for a value that is longer than any program writes there.
 */
export async function readAround(
  text: FileText,
  list: string,
  names: readonly string[],
): Promise<Readonly<Record<string, unknown>>> {
  if (names.length === 0 || /[.[]/.test(list)) return {};
  const found: [string, unknown][] = [];
  const scanner = createScanner(placesAround(list, names), {
    around(key, written) {
      if (written === undefined) {
        // The key is one of those that were asked for.
        const hint = `write at most ${maxAroundLength} characters into ${key}`;
        throw new InboundError("malformed", "json-member-too-long", { hint });
      }
      const value = valueIn(written);
      if (value !== undefined) found.push([key, value]);
    },
  });
  try {
    for await (const _rows of scanned(text, scanner));
  } catch (error) {
    // Who reads the rows meets what is damaged again, after the rows before it.
    const isMet =
      error instanceof InboundError && error.code === "malformed" && error.reason !== "json-member-too-long";
    if (!isMet) throw error;
  }
  return Object.fromEntries(found);
}

function valueIn(written: string): unknown {
  try {
    return JSON.parse(written) as unknown;
  } catch {
    return undefined;
  }
}
