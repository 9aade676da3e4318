import type { CalendarDay, Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import { calendarDay } from "./date.ts";
import { plainWord, status as statusOf, type Encoded } from "./encode.ts";
import { joiner, leaver, mover, statusHint } from "./person.ts";
import { isEmpty, type Read } from "./read.ts";

// What an HR system's record of an employee means: a status and a last day decide together whether the person works there.

/** Words in lower case, with spaces for dashes and underscores → whether a person of this status works there. */
export type EmploymentWords = Readonly<Record<string, "employed" | "ended">>;

/** What a record says of an employment, beside the fields of the person. */
export interface Employment {
  /** By which Authing knows the person. */
  readonly id: Read;
  readonly status: Read;
  readonly words: EmploymentWords;
  /** The last day, where the record has one. */
  readonly lastDay?: Read;
  /** When the record was so, ISO 8601. */
  readonly occurredAt: string;
}

/**
 * An employee whose record is new to the sender. No account is made for an employment that has ended.
 *
 * @throws InboundError `malformed` `status-unknown` for a word that is not in `words`; `date-invalid` or `date-ambiguous` for the last day.
 */
export function hired(fields: readonly Encoded[], employment: Employment): Change[] {
  return changesOf(employment, () => joiner(fields));
}

/**
 * An employee whose whole record is told because something of it has changed: all of it changes, and an employee who is unknown is created.
 *
 * @throws InboundError as `hired`.
 */
export function employeeChanged(fields: readonly Encoded[], employment: Employment): Change[] {
  return changesOf(employment, (open, departure) => mover([...fields, ...open], departure));
}

/**
 * | status          | last day             | it means                                                                    |
 * | --------------- | -------------------- | --------------------------------------------------------------------------- |
 * | ended           | any                  | the person leaves at once                                                   |
 * | employed        | none                 | the person works there; a departure that was announced lapses               |
 * | employed        | today or later       | the same, and the person leaves when that day has ended                     |
 * | employed        | over                 | the person works there: who comes back keeps the old date                   |
 * | absent          | any                  | the person leaves when that day has ended                                   |
 */
function changesOf(
  { id, status, words, lastDay, occurredAt }: Employment,
  change: (open: Encoded[], departure: { departure?: "none" }) => Change,
): Change[] {
  const word = employmentWord(status, words);
  if (word === "ended") return [leaver(id)];
  const day = lastDay && calendarDay(lastDay);
  const isOver = day !== undefined && day < dayOf(occurredAt);
  if (isOver && word === undefined) return [leaver(id, { lastDay: day })];
  const open =
    word === undefined ? [] : [statusOf({ value: "employed", path: status.path }, { employed: "Activated" })];
  // A record that has no such field says nothing of a departure.
  const isNonePlanned = word !== undefined && day === undefined && lastDay?.value !== undefined;
  return [
    change(open, isNonePlanned ? { departure: "none" } : {}),
    ...(day === undefined || isOver ? [] : [leaver(id, { lastDay: day })]),
  ];
}

function employmentWord(status: Read, words: EmploymentWords): "employed" | "ended" | undefined {
  if (isEmpty(status.value)) return undefined;
  const word = plainWord(status.value).replaceAll(/[\s_-]+/g, " ");
  if (Object.hasOwn(words, word)) return words[word];
  throw new InboundError("malformed", "status-unknown", { path: status.path, hint: statusHint });
}

const dayOf = (moment: string): CalendarDay => moment.slice(0, 10);

const recentDays = 30;

/**
 * Whether a hire that an applicant tracking system lists may create an account: such a system knows who was hired, and not who has left since. Older
 * people who have no account may have left.
 *
 * @param hiredAt and `listedAt`: ISO 8601, UTC.
 */
export function isRecentHire(hiredAt: string | undefined, listedAt: string): boolean {
  const earliest = Date.parse(listedAt) - recentDays * 24 * 60 * 60_000;
  return hiredAt !== undefined && Date.parse(hiredAt) >= earliest;
}
