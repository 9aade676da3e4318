import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { EventFixture } from "#infra/fixtures/cases.ts";
import { readEach, type AnsweredEvent } from "./source-answers.ts";
import { asQueued, contextOf, eventsOf } from "#infra/local/case-meaning.ts";
import { attempted, type SourceUnderTest } from "./source-under-test.ts";

// A source must not act on a word that it does not understand. The suite replaces each word by which a sender says what has happened,
// or whether a person may sign in, by one that no source knows: the event must end dead. To ignore the word could hide a departure;
// to read it as a leaver would close the account of a person who has not left.

/**
 * `fixtures/words.json`: the names of the fields, at any depth of a body or an answer, whose values are such words; `labels` are names
 * that the sender's customer chooses or that are translated; `keyed` are names of objects in which such words are names.
 */
const WordsFile = z.strictObject({
  types: z.array(z.string()),
  statuses: z.array(z.string()),
  labels: z._default(z.array(z.string()), []),
  keyed: z._default(z.array(z.string()), []),
});
type Words = z.infer<typeof WordsFile>;
type Kind = keyof Words;

const nonsense = "zorble";

export function attackWords(tested: SourceUnderTest): void {
  const { source, eventCases, folder } = tested;
  const words = readWords(folder);

  describe(`the words of ${source.name}`, () => {
    it.each(eventCases)("of an unknown type in $name end dead", async (each) => {
      const events = await tested.readable(each);
      const translated = events.map((event) =>
        attempted(() => source.translate(asQueued({ ...event, type: nonsense }), contextOf(each))),
      );
      expect(translated.filter((changes) => !(changes instanceof InboundError))).toEqual([]);
    });

    // An operator's own source need not name its fields.
    if (!words && !tested.readme) return;
    it("are named", () => {
      expect(words, "write fixtures/words.json").toBeDefined();
    });
    if (!words) return;

    const kinds = (Object.keys(words) as Kind[]).filter((kind) => words[kind].length > 0);
    it.each(kinds)("that are %s end dead where they are unknown", async (kind) => {
      const results = await Promise.all(
        eventCases.map((each) => misunderstood(tested, each, words[kind], kind)),
      );
      expect(results.flatMap(({ found }) => found)).toEqual([]);
      expect(results.reduce((total, { tried }) => total + tried, 0)).toBeGreaterThan(0);
    });
  });
}

/** Reports the events that did not end dead although their words were replaced. `tried`: how many events had such a word. */
export async function misunderstood(
  tested: SourceUnderTest,
  each: EventFixture,
  names: readonly string[],
  kind: Kind,
): Promise<{ found: string[]; tried: number }> {
  const edited = (edit: Edit): EventFixture => ({
    ...each,
    body: Buffer.from(editedBody(each, names, edit)),
    query: each.extension === "query" ? editedQuery(each, names, edit) : each.query,
    answers:
      kind === "statuses"
        ? each.answers.map((answer) => ({ ...answer, json: editedJson(answer.json, names, edit) }))
        : each.answers,
  });
  const strange = edited(kind === "labels" ? "rename" : kind === "keyed" ? "rename inside" : "replace");
  const asked = (fixture: EventFixture) => completed(tested, fixture);
  const [before, after] = [await asked(each), await asked(strange)];
  if ((["body", "query", "answers"] as const).every((part) => isDeepStrictEqual(strange[part], each[part]))) {
    return { found: [], tried: 0 };
  }
  if (after.length < before.length) return { found: [`${each.name}: an event is dropped`], tried: 1 };
  // An event may mean the same without these words: a deletion closes an account whatever the status beside it is.
  const isType = kind === "types" || kind === "keyed";
  const silent = isType ? [] : await asked(edited("remove"));
  // An event that announces changes of several people becomes several, as long as it is understood.
  const results = after.flatMap((events, index) =>
    events.map((event, place) => {
      const isUntouched = isDeepStrictEqual(said(event), said(before[index]?.[place]));
      const changes = translated(tested, event, each);
      if (isUntouched || changes instanceof InboundError) return { isUntouched };
      const same = silent[index]?.[place];
      const anyway = same && translated(tested, same, each);
      return {
        isUntouched,
        found: isLeave(changes) && isDeepStrictEqual(changes, anyway) ? undefined : changes,
      };
    }),
  );
  return {
    found: results.flatMap(({ found }) => (found ? [`${each.name}: ${JSON.stringify(found)}`] : [])),
    tried: results.filter(({ isUntouched }) => !isUntouched).length,
  };
}

/** The events of a case, completed at the source's API, those that one of them became together; an error for each that cannot be read. */
async function completed(
  tested: SourceUnderTest,
  each: EventFixture,
): Promise<(AnsweredEvent | InboundError)[][]> {
  const events = await eventsOf(tested, each);
  const readable = events.flatMap((event) => (event instanceof InboundError ? [] : event));
  const read = await readEach(tested, each, each.answers, readable);
  return events.map((event) => (event instanceof InboundError ? [event] : (read.shift() ?? [])));
}

/** An event without its id, which may be a hash of its words. */
function said(event: AnsweredEvent | InboundError | undefined): unknown {
  return event instanceof InboundError || !event ? event : { type: event.event.type, payload: event.payload };
}

function translated(
  { source }: SourceUnderTest,
  event: AnsweredEvent | InboundError,
  each: EventFixture,
): Change[] | InboundError {
  if (event instanceof InboundError) return event;
  const { event: queued, payload } = event;
  if (payload instanceof InboundError) return payload;
  return attempted(() => source.translate(asQueued({ ...queued, payload }), contextOf(each)));
}

const isLeave = (changes: readonly Change[]): boolean => changes.length === 1 && changes[0]?.kind === "leave";

/** The replacements: values become nonsense; values are removed with their names; names, or those inside, become nonsense. */
type Edit = "replace" | "remove" | "rename" | "rename inside";

function editedBody({ body, extension }: EventFixture, names: readonly string[], edit: Edit): string {
  const text = body.toString();
  if (extension === "json") {
    try {
      return JSON.stringify(editedJson(JSON.parse(text), names, edit));
    } catch {
      return text;
    }
  }
  if (extension === "query") return text;
  return extension === "xml" ? editedXml(text, names, edit) : editedForm(text, names, edit);
}

function editedJson(value: unknown, names: readonly string[], edit: Edit): unknown {
  if (Array.isArray(value)) return value.map((item) => editedJson(item, names, edit));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
      if (!names.includes(key)) return [[key, editedJson(inner, names, edit)]];
      if (edit === "rename") return [[`${nonsense} ${names.indexOf(key)}`, inner]];
      if (edit === "replace") return [[key, withNonsense(inner)]];
      if (edit === "rename inside") return [[key, withNonsenseNames(inner)]];
      return [];
    }),
  );
}

/** Replaces values. Empty values stay, because they have no meaning. Some senders wrap a value in an object. */
function withNonsense(value: unknown): unknown {
  if (value === null || value === "" || value === undefined) return value;
  if (typeof value !== "object") return nonsense;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withNonsense(inner)]));
}

function withNonsenseNames(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.values(value).map((inner, index) => [`${nonsense} ${index}`, inner]));
}

function editedQuery({ query }: EventFixture, names: readonly string[], edit: Edit): EventFixture["query"] {
  return editedJson(query, names, edit) as EventFixture["query"];
}

function editedXml(text: string, names: readonly string[], edit: Edit): string {
  return names.reduce((edited, name) => {
    const element = new RegExp(`<${name}>(?:<!\\[CDATA\\[)?[^<>\\]]+(?:\\]\\]>)?</${name}>`, "g");
    return edited.replaceAll(element, edit === "replace" ? `<${name}>${nonsense}</${name}>` : "");
  }, text);
}

function editedForm(text: string, names: readonly string[], edit: Edit): string {
  const fields = [...new URLSearchParams(text)].flatMap(([name, value]): [string, string][] => {
    const label = names.find((known) => name.includes(`[${known}]`) || name === known);
    if (label === undefined || value === "") return [[name, value]];
    if (edit === "rename")
      return [[name.replace(`[${label}]`, `[${nonsense} ${names.indexOf(label)}]`), value]];
    return edit === "replace" ? [[name, nonsense]] : [];
  });
  return new URLSearchParams(fields).toString();
}

function readWords(folder: string): Words | undefined {
  const file = join(folder, "words.json");
  return existsSync(file) ? z.parse(WordsFile, JSON.parse(readFileSync(file, "utf8"))) : undefined;
}
