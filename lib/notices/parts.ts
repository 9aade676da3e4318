import type { Entry, Notice, Section } from "./notice.ts";

/** More messages than this at once would use up what the products allow in a minute (20), and no operator reads them. */
const maxParts = 5;

/**
 * Cuts a notice into notices that fit into one message each, at the ends of sections where that is possible. At most five; the last
 * one says how many lines are missing.
 *
 * @param fits Whether a notice fits into one message.
 */
export function partsOf(notice: Notice, fits: (notice: Notice) => boolean): Notice[] {
  if (fits(notice)) return [notice];
  const part = (sections: readonly Section[]) => ({
    ...notice,
    title: `${notice.title} (${maxParts}/${maxParts})`,
    sections,
  });
  const parts: Section[][] = [];
  let current: Section[] = [];
  const flush = () => {
    if (current.length > 0) parts.push(current);
    current = [];
  };
  for (const section of notice.sections) {
    if (fits(part([...current, section]))) {
      current.push(section);
      continue;
    }
    flush();
    for (const piece of piecesOf(section, (pieceOf) => fits(part([pieceOf])))) {
      flush();
      current.push(piece);
    }
  }
  flush();
  const kept = parts.slice(0, maxParts);
  const dropped = parts
    .slice(maxParts)
    .flat()
    .flatMap(({ entries }) => entries).length;
  if (dropped > 0) kept.at(-1)?.push({ entries: [{ line: `… +${dropped}` }] });
  return kept.map((sections, index) => ({
    ...notice,
    title: `${notice.title} (${index + 1}/${kept.length})`,
    sections,
  }));
}

/** A section that is too long, as sections of the same heading that fit. */
function piecesOf(section: Section, fits: (section: Section) => boolean): Section[] {
  const pieces: Section[] = [];
  let entries: Entry[] = [];
  for (const entry of section.entries) {
    if (fits({ ...section, entries: [...entries, entry] })) {
      entries.push(entry);
      continue;
    }
    if (entries.length > 0) pieces.push({ ...section, entries });
    entries = [shortened(entry, (short) => fits({ ...section, entries: [short] }))];
  }
  return [...pieces, { ...section, entries }];
}

/** An entry that fits by itself: its beginning, where it is too long. */
function shortened(entry: Entry, fits: (entry: Entry) => boolean): Entry {
  let characters = [...("line" in entry ? entry.line : entry.command)];
  let short = entry;
  while (!fits(short) && characters.length > 0) {
    characters = characters.slice(0, characters.length >> 1);
    short = { line: `${characters.join("")}…` };
  }
  return short;
}
