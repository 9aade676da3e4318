import { InboundError } from "#lib/contract/errors.ts";
import type { FileText, Row } from "#lib/formats/format.ts";
import type { Scanner } from "./scanner.ts";

/**
 * Runs a scanner over a text: what it completes in each piece, then in the end of the text.
 *
 * @throws InboundError `malformed` with the line, after the rows before it.
 */
export async function* scanned(text: FileText, scanner: Scanner): AsyncGenerator<Row[], void> {
  for await (const piece of text.pieces()) yield* step(text, scanner, () => scanner.push(piece));
  yield* step(text, scanner, () => scanner.end());
}

async function* step(text: FileText, scanner: Scanner, read: () => void): AsyncGenerator<Row[], void> {
  try {
    read();
  } catch (error) {
    yield scanner.takeRows();
    if (!(error instanceof InboundError)) throw error;
    const { code, reason, hint } = error;
    const path = `line ${await lineAt(text, scanner.offset())}`;
    throw new InboundError(code, reason, hint === undefined ? { path } : { path, hint });
  }
  yield scanner.takeRows();
}

/** The line of a place in UTF-16 units from the beginning. The text is read again: lines that are right are never counted. */
async function lineAt(text: FileText, offset: number): Promise<number> {
  let line = 1;
  let start = 0;
  for await (const piece of text.pieces()) {
    for (let at = piece.indexOf("\n"); at !== -1 && start + at < offset; at = piece.indexOf("\n", at + 1))
      line += 1;
    start += piece.length;
    if (start > offset) break;
  }
  return line;
}
