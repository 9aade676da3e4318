import type { Change } from "#lib/contract/change.ts";
import { nameOf } from "#lib/pipeline/order.ts";
import type { EventRecord } from "#lib/contract/ledger.ts";
import type { EventMessage } from "#lib/contract/queue.ts";

// What a source says about a person, as the model sees it.

export type Kind =
  | "create"
  | "create-with-otp"
  | "create-later"
  | "update"
  | "complete"
  | "edit"
  | "open"
  | "close"
  | "leave"
  | "leave-later"
  | "withdraw"
  | "import-otp"
  | "rename";

/** A statement of a source about a person: true when it is said. It may be delivered in any order. */
export interface Statement {
  readonly source: string;
  readonly person: number;
  readonly kind: Kind;
  /** Its place in the order in which things happened, by the sources' clocks. */
  readonly rank: number;
  readonly message: EventMessage;
  /** The fields it tells, in the words of the ledger, with their values. */
  readonly tells: Readonly<Record<string, string>>;
  /** All that it knows of the person, where it tells less. */
  readonly whole?: Readonly<Record<string, string>>;
  /** What it says of access to the account. */
  readonly access?: "open" | "closed";
  /** It announces the last day. */
  readonly isAnnounced: boolean;
  /** It brings a person who is not there. */
  readonly brings: boolean;
  readonly secret?: string;
  /** The worker reads the person from the source's API, which may show what happened later by then. */
  readonly isRead?: true;
  /** It happened, and no delivery says so: only what reads the person from the source sees it. */
  readonly isUnsent?: true;
  /** The source's list says it. */
  readonly isListed?: true;
  /** Its source says something else about the person as of the same moment: either may count. */
  readonly isTied?: true;
  /** The list says nothing else than what was told: no event is made of it. */
  readonly unchanged?: EventRecord;
}

/** A statement before all of a story are in order. */
export interface Dated extends Omit<Statement, "rank" | "isTied"> {
  /** ISO 8601, UTC, by the source's clock. */
  readonly at: string;
}

/** Statements in the order in which they happened. */
export function ranked(dated: readonly Dated[]): Statement[] {
  const momentOf = ({ source, person, at }: Dated) => JSON.stringify([source, person, at]);
  const moments = Map.groupBy(dated, momentOf);
  return dated
    .toSorted((one, other) => (one.at < other.at ? -1 : 1))
    .map((each, rank) => {
      const { at: _, ...statement } = each;
      const isTied = (moments.get(momentOf(each)) ?? []).some(
        ({ message }) => message.event.id !== each.message.event.id,
      );
      return { ...statement, rank, ...(isTied && { isTied }) };
    });
}

/** Each field that changes tell, under the name that the ledger has for it. Of fields that are told together, the first. */
export function tellsOf(changes: readonly Change[]): Record<string, string> {
  const told: Record<string, string> = {};
  for (const change of changes) {
    if (!("person" in change)) continue;
    const { customData = {}, departmentIds, status: _, otp: __, password: ___, ...fields } = change.person;
    for (const [name, value] of Object.entries(fields)) if (nameOf(name) === name) told[name] = textOf(value);
    for (const [name, value] of Object.entries(customData)) told[`customData.${name}`] = textOf(value);
    if (departmentIds) told["departments"] = departmentIds.join();
  }
  return told;
}

/** All that changes know of a person that they bring, where they tell less. */
export const wholeIn = (changes: readonly Change[]): Record<string, string> =>
  tellsOf(
    changes.flatMap((change): Change[] =>
      "whole" in change && change.whole ? [{ kind: "create", person: change.whole, trail: {} }] : [],
    ),
  );

/** A value as text, to be compared. */
export const textOf = (value: unknown): string =>
  typeof value === "object" ? JSON.stringify(value) : String(value);
