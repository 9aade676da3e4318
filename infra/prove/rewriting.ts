// One captured person becomes many: what identifies them in a body, a query or an answer is replaced by the same for another number.

/** What identifies the person of a story, and each of its events, as it is written in deliveries. */
export interface Marks {
  /** Ids, user names and addresses. */
  readonly ids: readonly string[];
  /** Digits, without the country's code. */
  readonly phones: readonly string[];
  /** Ids of events. */
  readonly events: readonly string[];
}

/** Which of many: people and rounds are below 1,000 and 10. */
export interface Number10 {
  readonly person: number;
  /** How often the story was told of this person before. */
  readonly round: number;
  /** How much later than it was captured it happened, in seconds; absent: so many days for each round. */
  readonly seconds?: number;
  /** In place of our id of the person: the same person at another source. */
  readonly externalId?: { readonly from: string; readonly to: string };
}

/** How far one round is from the next. */
export const roundDays = 5;

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
const bounded = (pattern: string) => `(?<![0-9A-Za-z])(?:${pattern})(?![0-9A-Za-z])`;
const isoTime = /\d{4}-\d\d-\d\d([T ])\d\d:\d\d:\d\d/g;
const epochTime = /(?<![0-9A-Za-z.+-])1[67]\d{8}(?:\d{3})?(?![0-9A-Za-z])/g;

/** Rewrites texts for one number. Times move with the round, or by so many seconds. */
export function rewriter({ ids, phones, events }: Marks, number: Number10): (text: string) => string {
  const byLength = (one: string, other: string) => other.length - one.length;
  const marks = [...new Set([...ids, ...events])].toSorted(byLength);
  const { person, round, externalId, seconds = round * roundDays * 86_400 } = number;
  const phoneMarks = phones.map(
    (phone) => `(?<=^|[^0-9A-Za-z]|\\+\\d{1,3})${[...phone].join("[ .-]?")}(?!\\d)`,
  );
  const pattern = new RegExp(
    [...marks.map((mark) => bounded(escaped(mark))), ...phoneMarks].join("|") || "(?!)",
    "gi",
  );
  const isEvent = new Set(events);
  const marked = (text: string) =>
    text.replaceAll(pattern, (found) => {
      if (found === externalId?.from) return externalId.to;
      if (externalId && found === encodeURIComponent(externalId.from))
        return encodeURIComponent(externalId.to);
      const digits = found.replaceAll(/\D/g, "");
      if (phones.includes(digits) && !marks.includes(found)) return added(found, person * 10, 3, 4);
      return added(found, person * 10 + (isEvent.has(found) ? round : 0), 1, 4);
    });
  return (text) => timesLater(marked(text), seconds);
}

/**
 * Adds a number to the digits of a text, leaving out the last ones; of a text with few digits it goes to the end, of an address before
 * the `@`. Different texts stay different.
 */
function added(text: string, number: number, skipped: number, places: number): string {
  const at = text.search(/@|%40/);
  const padded = String(number).padStart(places, "0");
  if (at > 0) return `${text.slice(0, at)}${padded}${text.slice(at)}`;
  const digits = text.replaceAll(/\D/g, "").length;
  if (digits < skipped + places) return `${text}${padded}`;
  let index = 0;
  return text.replaceAll(/\d/g, (digit) => {
    const place = index - (digits - skipped - places);
    index += 1;
    return place < 0 || place >= places ? digit : String((Number(digit) + Number(padded[place])) % 10);
  });
}

/** All times in a text, so many seconds later. */
export const timesLater = (text: string, seconds: number): string =>
  seconds === 0 ? text : text.replaceAll(isoTime, later(seconds)).replaceAll(epochTime, laterEpoch(seconds));

/** Whatever the offset is that follows, the same clock shows so much more. */
const later = (seconds: number) => (time: string) => {
  const moved = new Date(Date.parse(`${time.slice(0, 10)}T${time.slice(11)}Z`) + seconds * 1000);
  if (Number.isNaN(moved.getTime())) return time;
  const [day, clock] = [moved.toISOString().slice(0, 10), moved.toISOString().slice(11, 19)];
  return `${day}${time.slice(10, 11)}${clock}`;
};
const laterEpoch = (seconds: number) => (time: string) =>
  String(Number(time) + seconds * (time.length === 13 ? 1000 : 1));
