import type { Archive } from "./archive.ts";
import { add, readWholeXml } from "./xml.ts";

/** How a number is shown, as far as it changes what the number means. */
export interface NumberFormat {
  /** `date` shows a day; `time` shows hours, minutes or seconds only. */
  readonly kind: "number" | "date" | "time";
  /** At least so many digits, zeros in front: 5 for `00000`; 0 for any. */
  readonly digits: number;
}

const plain: NumberFormat = { kind: "number", digits: 0 };
const date: NumberFormat = { kind: "date", digits: 0 };
const time: NumberFormat = { kind: "time", digits: 0 };

/** Excel takes 255 characters. */
const maxCodeLength = 1_000;

/**
 * The formats of a workbook's cells, by the number that a cell refers to as its style; a workbook without styles has none.
 *
 * @throws InboundError `malformed`, `oversized`.
 */
export async function readNumberFormats(
  archive: Archive,
  part: string | undefined,
): Promise<readonly NumberFormat[]> {
  if (part === undefined) return [];
  const codes: [string, string][] = [];
  const styles: string[] = [];
  await readWholeXml(
    archive.read(part, "styles"),
    {
      styleSheet: {
        children: {
          numFmts: {
            children: {
              numFmt: {
                open: ({ numFmtId = "", formatCode = "" }) => add(codes, [numFmtId, formatCode], "styles"),
              },
            },
          },
          cellXfs: {
            children: { xf: { open: ({ numFmtId = "0" }) => add(styles, numFmtId, "styles") } },
          },
        },
      },
    },
    "styles",
  );
  const custom = new Map(codes.map(([id, code]) => [id, numberFormat(code)]));
  return styles.map((id) => custom.get(id) ?? builtIn(Number(id)));
}

/**
 * Formats that have a number only: ECMA-376 part 1, 18.8.30. 27 to 36 and 50 to 58 are days and times of East Asia; some are times
 * in Chinese and days in Japanese, which differ for a number below 1 only. 46 is a length of time.
 */
function builtIn(id: number): NumberFormat {
  if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || [45, 47, 55, 56].includes(id)) return time;
  return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 50 && id <= 58) ? date : plain;
}

/** Reads a format code: `yyyy"年"m"月"d"日"`, `[$-804]00000;@`, `h:mm AM/PM`. Pure, and total over any text. */
function numberFormat(code: string): NumberFormat {
  // The first section is the one of positive numbers.
  const [section = ""] = tokens(code.slice(0, maxCodeLength)).split(";");
  if (/^0+$/.test(section)) return section.length > 1 ? { kind: "number", digits: section.length } : plain;
  // A length of time, e.g. [h]:mm, is no time of day.
  if (section.includes("[")) return plain;
  if (/[ydg]|e(?![+-])/i.test(section)) return date;
  if (/[hs]/i.test(section)) return time;
  return /m/i.test(section) ? date : plain;
}

/** A format code without its literals, colours, languages and conditions, and with `[` for a length of time. */
function tokens(code: string): string {
  let rest = "";
  for (let at = 0; at < code.length; at += 1) {
    const character = code[at] as string;
    if (character === '"') at = endOf(code, '"', at);
    else if (character === "\\" || character === "_" || character === "*") at += 1;
    else if (character === "[") {
      const end = endOf(code, "]", at);
      if (/^(?:h+|m+|s+)$/i.test(code.slice(at + 1, end))) rest += "[";
      at = end;
    } else rest += character;
  }
  return rest.replaceAll(/am\/pm|a\/p|general/gi, "").trim();
}

function endOf(code: string, mark: string, from: number): number {
  const end = code.indexOf(mark, from + 1);
  return end === -1 ? code.length : end;
}
