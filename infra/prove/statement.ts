import type { Change } from "#lib/contract/change.ts";
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
  /** What it says of access to the account. */
  readonly access?: "open" | "closed";
  /** It announces the last day. */
  readonly isAnnounced: boolean;
  /** It brings a person who is not there. */
  readonly brings: boolean;
  readonly secret?: string;
  /** The worker reads the person from the source's API, which may show what happened later by then. */
  readonly isRead?: true;
}

/** Each field that changes tell, under the name that the ledger has for it. */
export function tellsOf(changes: readonly Change[]): Record<string, string> {
  const told: Record<string, string> = {};
  for (const change of changes) {
    if (!("person" in change)) continue;
    const { customData = {}, departmentIds, status: _, otp: __, ...fields } = change.person;
    for (const [name, value] of Object.entries(fields)) told[name] = String(value);
    for (const [name, value] of Object.entries(customData)) told[`customData.${name}`] = String(value);
    if (departmentIds) told["departments"] = departmentIds.join();
  }
  return told;
}
