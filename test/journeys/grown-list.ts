import type { RecordedAnswer } from "#infra/fixtures/cases.ts";
import type { ListFixture } from "#infra/fixtures/lists.ts";

// A list.json with three people, grown to a company: every person who is recorded as active is the pattern of many, who differ in what
// identifies a person. Which values of a record identify its person is known from what `translate` made of it.

/** A recorded person that others are made of. */
interface Pattern {
  readonly subject: string;
  readonly phone: string | undefined;
  readonly names: readonly string[];
  readonly ids: readonly string[];
}

/** A person of the company. */
export interface Grown {
  readonly subject: string;
  readonly pattern: Pattern;
  /** Six digits, in all that identifies this person alone. */
  readonly number: number;
  /** Has another name than in the beginning. */
  isRenamed: boolean;
}

const firstNumber = 100_000;
const email = /^([^@\s]+)@([^@\s]+)$/;

/** The recorded people who are active and have no announced departure. */
export function patternsOf({ people }: Pick<ListFixture, "people">): readonly Pattern[] {
  const patterns = new Map<string, Pattern>();
  for (const { subject, changes } of people) {
    const { person, complete } = (changes[0] ?? {}) as { person?: Record<string, string>; complete?: true };
    const isActive = person?.["status"] === undefined || person["status"] === "Activated";
    if (!person || !complete || !isActive || changes.length > 1) continue;
    const own = [person["externalId"], person["username"]].flatMap((id) => id ?? []);
    const ids = [...new Set([subject, ...own.filter((id) => !email.test(id))])];
    const names = [person["givenName"], person["name"]].flatMap((name) => name ?? []);
    patterns.set(subject, { subject, ids, phone: person["phone"], names });
  }
  return [...patterns.values()];
}

/** As many people, made of each pattern in turn, after so many others. */
export const grown = (patterns: readonly Pattern[], after: number, count: number): Grown[] =>
  Array.from({ length: count }, (_, index) => {
    const pattern = patterns[(after + index) % patterns.length] as Pattern;
    const number = firstNumber + after + index;
    return { subject: idOf(pattern.subject, number), pattern, number, isRenamed: false };
  });

/** The people whose ids a request names. */
export function named(request: string, people: ReadonlyMap<number, Grown>): Grown[] {
  const found = new Set<Grown>();
  for (const [digits] of request.matchAll(/\d{6,}/g)) {
    const each = people.get(Number(digits.slice(-6)));
    if (each && request.includes(each.subject)) found.add(each);
  }
  return [...found];
}

/** The pages of a list with all these people in place of their patterns. Other people are not in it. */
export function grownPages(
  pages: readonly RecordedAnswer[],
  people: readonly Grown[],
  recorded: ReadonlySet<string>,
): RecordedAnswer[] {
  const sizes = pages.map(({ json }) => {
    const subjects = entriesIn(json, recorded);
    return [
      subjects.length,
      people.filter(({ pattern }) => subjects.includes(pattern.subject)).length,
    ] as const;
  });
  const [[limit, grownLimit] = [0, 0]] = sizes;
  return pages.map((page, index) => {
    const [start, grownStart] = sizes
      .slice(0, index)
      .reduce(([one, other], [size, grownSize]) => [one + size, other + grownSize], [0, 0]);
    const inPlace = [
      [/total|count|data2/i, recorded.size, people.length],
      [/^start$/, start, grownStart],
      [/^(limit|size|pageSize)$/, limit, grownLimit],
    ] as const;
    const numberOf = (key: string, value: unknown): unknown => {
      const found = inPlace.find(([name, number]) => name.test(key) && String(value) === String(number));
      if (!found) return value;
      return typeof value === "string" ? String(found[2]) : found[2];
    };
    const headers = Object.entries(page.headers ?? {}).map(([key, value]) => [key, numberOf(key, value)]);
    // An answer may be the number itself, as of `GET …/users/count`.
    const json = typeof page.json === "number" ? numberOf(page.request, page.json) : grow(page.json);
    return { ...page, json, headers: Object.fromEntries(headers) };

    function grow(value: unknown): unknown {
      if (Array.isArray(value)) {
        const subjects = value.map((entry) => subjectIn(entry, recorded));
        if (subjects.includes(undefined)) return value.map(grow);
        return value.flatMap((entry: unknown, at) =>
          people.flatMap((each) => (each.pattern.subject === subjects[at] ? [asPerson(entry, each)] : [])),
        );
      }
      if (typeof value !== "object" || value === null) return value;
      const entries = Object.entries(value).map(([key, inner]) => [key, numberOf(key, grow(inner))]);
      return Object.fromEntries(entries);
    }
  });
}

/** Whose records are in an answer. */
function entriesIn(json: unknown, recorded: ReadonlySet<string>): string[] {
  if (typeof json !== "object" || json === null) return [];
  if (!Array.isArray(json)) return Object.values(json).flatMap((value) => entriesIn(value, recorded));
  const subjects = json.flatMap((entry) => subjectIn(entry, recorded) ?? []);
  return subjects.length === json.length ? subjects : json.flatMap((entry) => entriesIn(entry, recorded));
}

/** The id of the person that a record is about: the first one in it that is not the id of a manager. */
function subjectIn(record: unknown, recorded: ReadonlySet<string>): string | undefined {
  if (typeof record === "string" || typeof record === "number")
    return recorded.has(String(record)) ? String(record) : undefined;
  if (typeof record !== "object" || record === null) return undefined;
  for (const [key, value] of Object.entries(record)) {
    if (/manager|leader/i.test(key)) continue;
    const subject = subjectIn(value, recorded);
    if (subject !== undefined) return subject;
  }
  return undefined;
}

/** A record as if it were about another person. */
function asPerson(record: unknown, { pattern, number, isRenamed }: Grown): unknown {
  const { phone, names } = pattern;
  const ids = pattern.ids.map((id) => [id, idOf(id, number)] as const);
  return withIds(record, ids, (value) => {
    if (email.test(value)) return value.replace(email, `$1.${number}@$2`);
    if (phone !== undefined && value.replaceAll(/\D/g, "").endsWith(phone)) return withEnd(value, number);
    return names.includes(value) && isRenamed ? `${value}二` : undefined;
  });
}

/** A value with other ids in it, also where they are parts of an address, save in the texts that `special` replaces. */
export function withIds(
  record: unknown,
  ids: readonly (readonly [from: string, to: string])[],
  special: (text: string) => string | undefined = () => undefined,
): unknown {
  const rules = ids
    .flatMap((pair) => [pair, pair.map(encodeURIComponent) as [string, string]])
    .map(([from, to]) => [new RegExp(`(?<!\\w)${RegExp.escape(from)}(?!\\w)`, "g"), to] as const);
  const withOthers = (text: string) => rules.reduce((done, [from, to]) => done.replace(from, () => to), text);
  return JSON.parse(JSON.stringify(record), (_key, value: unknown) => {
    if (typeof value === "number") {
      const other = withOthers(String(value));
      return other === String(value) ? value : Number(other);
    }
    return typeof value === "string" ? (special(value) ?? withOthers(value)) : value;
  });
}

/** Another id of the same kind: where it ends with more than six digits, as long as the first one. */
function idOf(id: string, number: number): string {
  return /\d{7}$/.test(id) ? id.slice(0, -6) + String(number) : id + String(number);
}

/** A phone number with other digits at its end, written in the same way. */
function withEnd(phone: string, number: number): string {
  const digits = [...String(number)];
  return [...phone]
    .toReversed()
    .map((sign) => (/\d/.test(sign) ? (digits.pop() ?? sign) : sign))
    .toReversed()
    .join("");
}
