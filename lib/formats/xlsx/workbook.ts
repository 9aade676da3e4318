import { posix } from "node:path";
import { InboundError } from "#lib/contract/errors.ts";
import type { Archive } from "./archive.ts";
import { damaged } from "./refusals.ts";
import { add, readWholeXml } from "./xml.ts";

/** How long a name of a sheet may be in Excel is 31. */
const maxSheetNameLength = 100;
const namedInHint = 10;

/** A workbook, with the names of the parts that hold it. */
export interface Workbook {
  /** Whether days are counted from 1904-01-01, as Excel for Mac did until 2011. */
  readonly date1904: boolean;
  readonly sheet: { readonly name: string; readonly part: string };
  /** Absent in a workbook without texts, or whose texts are in the cells. */
  readonly sharedStrings?: string;
  readonly styles?: string;
}

interface Sheet {
  readonly name: string;
  readonly isVisible: boolean;
  readonly relationship: string;
}

interface Relationship {
  /** The last word of its type, which both of Open XML's dialects share: `worksheet`, `sharedStrings`. */
  readonly type: string;
  readonly part: string;
}

/**
 * Finds the sheet to read: the first worksheet that is visible, or the one of that name.
 *
 * @throws InboundError `malformed` where there is none, and for a workbook that is no .xlsx.
 */
export async function readWorkbook(archive: Archive, wanted: string | undefined): Promise<Workbook> {
  const root = await readRelationships(archive, "");
  const part = ofType(root, "officeDocument") ?? "xl/workbook.xml";
  if (part.endsWith(".bin") || archive.has("xl/workbook.bin")) {
    throw new InboundError("malformed", "file-is-xlsb", { hint: "save it as .xlsx and upload that" });
  }
  const sheets: Sheet[] = [];
  let date1904 = false;
  await readWholeXml(
    archive.read(part, "workbook"),
    {
      workbook: {
        children: {
          workbookPr: { open: (attributes) => (date1904 = isTrue(attributes["date1904"])) },
          sheets: {
            children: { sheet: { open: (attributes) => add(sheets, sheetOf(attributes), "workbook") } },
          },
        },
      },
    },
    "workbook",
  );
  const relationships = await readRelationships(archive, part);
  const sheet = chosen(sheets, relationships, wanted);
  const sharedStrings = ofType(relationships, "sharedStrings");
  const styles = ofType(relationships, "styles");
  return { date1904, sheet, ...(sharedStrings && { sharedStrings }), ...(styles && { styles }) };
}

/** An attribute that is a truth value. */
export const isTrue = (attribute: string | undefined): boolean => attribute === "1" || attribute === "true";

function sheetOf(attributes: Readonly<Record<string, string>>): Sheet {
  const name = attributes["name"];
  // The prefix of its namespace is `r` nearly always.
  const id = Object.keys(attributes).find((attribute) => attribute.endsWith(":id"));
  if (!name || id === undefined) throw damaged("workbook");
  return {
    name: name.slice(0, maxSheetNameLength),
    isVisible: (attributes["state"] ?? "visible") === "visible",
    relationship: attributes[id] as string,
  };
}

function chosen(
  sheets: readonly Sheet[],
  relationships: ReadonlyMap<string, Relationship>,
  wanted: string | undefined,
): Workbook["sheet"] {
  const typeOf = ({ relationship }: Sheet) => relationships.get(relationship)?.type;
  const tables = sheets.filter((sheet) => typeOf(sheet) === "worksheet");
  const sheet = wanted === undefined ? tables.find(({ isVisible }) => isVisible) : named(sheets, wanted);
  const names = tables.slice(0, namedInHint).map(({ name }) => JSON.stringify(name));
  if (!sheet && wanted !== undefined) {
    throw new InboundError("malformed", "sheet-unknown", {
      hint: `the sheets of the workbook are ${names.join(", ")}`,
    });
  }
  if (!sheet) {
    throw new InboundError("malformed", "sheet-missing", {
      hint:
        names.length > 0
          ? "unhide the sheet with the people, or name it in the configuration"
          : "put the people into a worksheet",
    });
  }
  const relationship = relationships.get(sheet.relationship);
  if (!relationship) throw damaged("workbook");
  if (relationship.type !== "worksheet") {
    throw new InboundError("malformed", "sheet-is-no-table", {
      hint: `name a worksheet in the configuration: ${names.join(", ")}`,
    });
  }
  return { name: sheet.name, part: relationship.part };
}

/** Names of sheets are the same in any case, as in Excel. */
function named(sheets: readonly Sheet[], wanted: string): Sheet | undefined {
  const same = (name: string) => name.normalize("NFC").trim().toLowerCase();
  return sheets.find(({ name }) => same(name) === same(wanted));
}

/** The parts that a part refers to, by the id it uses for them; of the whole file for `""`. */
async function readRelationships(archive: Archive, part: string): Promise<ReadonlyMap<string, Relationship>> {
  const { dir, base } = posix.parse(part);
  const list = posix.join(dir, "_rels", `${base}.rels`);
  const found: [string, Relationship][] = [];
  if (!archive.has(list)) return new Map(found);
  const open = (attributes: Readonly<Record<string, string>>) => {
    const { Id: id, Type: type, Target: target } = attributes;
    if (attributes["TargetMode"] === "External") return;
    if (id === undefined || type === undefined || target === undefined) throw damaged("relationships");
    // A target is absolute, or relative to the folder of the part that refers to it.
    const path = posix.join("/", target.startsWith("/") ? "" : dir, target).slice(1);
    add(found, [id, { type: type.slice(type.lastIndexOf("/") + 1), part: path }], "relationships");
  };
  await readWholeXml(
    archive.read(list, "relationships"),
    { Relationships: { children: { Relationship: { open } } } },
    "relationships",
  );
  return new Map(found);
}

function ofType(relationships: ReadonlyMap<string, Relationship>, type: string): string | undefined {
  return relationships.values().find((relationship) => relationship.type === type)?.part;
}
