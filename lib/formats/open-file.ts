import { basename } from "node:path/posix";
import { InboundError } from "#lib/contract/errors.ts";
import type { Encoding } from "#lib/contract/encodings.ts";
import { unpacked } from "./container.ts";
import { decodeText } from "./decode.ts";
import { findEncoding } from "./encoding.ts";
import { headOf, type FileSource } from "./file-source.ts";
import type { FileText, OpenFile } from "./format.ts";

/** What decides how the bytes of a file become text. */
export interface TextSettings {
  /** The encoding that the configuration names. */
  readonly encoding?: Encoding;
  /**
   * A file whose beginning is UTF-8 is taken for UTF-8, which saves reading it once more. One that is not ends with `text-not-utf-8` where
   * that shows: then it has to be opened again without this.
   */
  readonly trustsBeginning?: boolean;
  /** Whether a name is the name of a column that is known here. */
  knows(name: string): boolean;
}

/** The longest beginning of the text that formats are recognised by, in UTF-16 units. */
const headLength = 65_536;

/**
 * Opens a file: out of its container, and decoded where it is text.
 *
 * @throws InboundError `malformed` `file-is-empty`, `encoding-ambiguous` and what containers are refused for.
 */
export async function openFile(source: FileSource, settings: TextSettings): Promise<OpenFile> {
  const file = await unpacked(source);
  const head = await headOf(file.bytes());
  if (head.length === 0) {
    throw new InboundError("malformed", "file-is-empty", { hint: "upload a file with at least one row" });
  }
  const text = await textOf(file, settings);
  return {
    name: basename(file.name).toLowerCase(),
    size: file.size,
    head,
    bytes: (range) => file.bytes(range),
    ...(text && { text }),
  };
}

async function textOf(
  file: FileSource,
  { encoding: configured, trustsBeginning = false, knows }: TextSettings,
): Promise<FileText | undefined> {
  const bytes = () => file.bytes();
  const found = await findEncoding(bytes, { ...(configured && { configured }), trustsBeginning, knows });
  if (!found) return undefined;
  const { encoding, why } = found;
  const pieces = () => decodeText(file.bytes(), encoding);
  let head = "";
  for await (const piece of pieces()) {
    head += piece;
    if (head.length >= headLength) break;
  }
  return { encoding, why, head: head.slice(0, headLength), pieces };
}
