import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent } from "#lib/contract/source.ts";

// What an event means, by its type. Every type is in one of two closed lists of its source, or it is not understood: then the event
// ends among the dead letters, where an operator sees it. A departure under a new type must not be ignored.

/** The types of a source's events that say nothing about a person's account. */
export interface EventTypes {
  /** Where the sender writes the type. */
  readonly path: string;
  /** Whole types, or beginnings of types that end in `*`: `session.*`. None of them may tell that a person has come, changed or left. */
  readonly uninteresting: readonly string[];
}

/** Type → what an event of this type means. */
export type Meanings = Readonly<Record<string, () => Change[]>>;

/** Several types that mean the same. */
export const sameMeaning = (types: ReadonlySet<string>, changes: () => Change[]): Meanings =>
  Object.fromEntries(Array.from(types, (type) => [type, changes]));

/** Whether an event of this type is known to say nothing about a person's account. */
export function isUninteresting(type: string, { uninteresting }: EventTypes): boolean {
  return uninteresting.some((known) =>
    known.endsWith("*") ? type.startsWith(known.slice(0, -1)) : type === known,
  );
}

/**
 * What an event means: what `meanings` says of its type, or `[]` where its type is uninteresting.
 *
 * @throws InboundError `malformed` `event-type-unknown` for any other type, with the place of the type.
 */
export function interpret(
  { type }: Pick<SourceEvent, "type">,
  meanings: Meanings,
  types: EventTypes,
): Change[] {
  const meaning = Object.hasOwn(meanings, type) ? meanings[type] : undefined;
  if (meaning) return meaning();
  if (isUninteresting(type, types)) return [];
  throw new InboundError("malformed", "event-type-unknown", {
    path: types.path,
    hint: "does it concern a person? Teach the source's translate what it means, and redrive; if not, add the type to the source's uninteresting ones, or unsubscribe from it and discard",
  });
}
