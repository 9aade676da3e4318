import type { FileText, Format } from "#lib/formats/format.ts";
import { jsonWriting } from "#lib/formats/json-writing.ts";
import { listPlaces, listMissing, recordPlace } from "#lib/formats/list-paths.ts";
import { eachRow } from "#lib/formats/row-batches.ts";
import { findRecords, readAround } from "./find-records.ts";
import { scanned } from "./scanned.ts";
import { createScanner } from "./scanner.ts";

/**
 * A JSON document (RFC 8259) that is a list of records, holds one where a layout says (`users`, `[].users`), or is one record. It may be of
 * any size: it is read in pieces, twice up to its first record. Other lists of layouts are not read; `otherLists` names them.
 */
const json: Format = {
  name: "json",
  title: "JSON document (.json)",
  extensions: ["json"],
  recognizes: (file) => jsonWriting(file) === "document",
  async open(file, context) {
    const text = file.text as FileText;
    const records = await findRecords(text, context);
    if (records === undefined) throw listMissing(context.lists);
    const list = records === "document" ? undefined : records.list;
    const around = list === undefined ? {} : await readAround(text, list, context.around);
    const otherLists = new Set<string>();
    const scanner = createScanner(list === undefined ? recordPlace() : listPlaces(context.lists, list), {
      element(other, isObject, holdsMore) {
        if (isObject && !holdsMore) otherLists.add(other);
      },
    });
    return {
      details: { format: "json", encoding: text.encoding },
      columns: undefined,
      ...(list !== undefined && { list }),
      ...(Object.keys(around).length > 0 && { around }),
      rows: eachRow(scanned(text, scanner)),
      end: () => (otherLists.size === 0 ? {} : { details: { otherLists: [...otherLists].join(", ") } }),
    };
  },
};
export default json;
