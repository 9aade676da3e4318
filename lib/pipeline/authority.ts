import type { PersonRecord, SubjectRecord } from "#lib/contract/ledger.ts";
import type { Outcome } from "#lib/contract/outcome.ts";
import type { PeoplePolicy } from "#lib/contract/policies.ts";

// Which source may speak about which person. A source's ids may be chosen by anybody who signs up there, so that an equal id
// alone lets no source change, close or open another source's person. docs/decisions/2026-11-26-whose-people.md

/** Whether a source may change, close and open a person. One that the ledger does not know yet belongs to no other source. */
export function maySpeak(
  source: string,
  policy: PeoplePolicy,
  person: PersonRecord | undefined,
  known: SubjectRecord | undefined,
): boolean {
  if (person === undefined || policy === "shared" || person.owner === source) return true;
  // An operator has said that the source's person has this account.
  return known?.userId !== undefined && known.userId === person.userId;
}

/** What becomes of a change about a person that its source may not speak about; its hint names the setting that would allow it. */
export const notItsPerson = (person: PersonRecord): Outcome => ({
  kind: "rejected",
  reason: "person-of-another-source",
  ...broughtAs(person),
});

/** What an outcome says of another person: what brought them, and their account. */
export const broughtAs = ({ createdBy: by, userId }: PersonRecord): Pick<Outcome, "by" | "userId"> => ({
  by,
  ...(userId !== undefined && { userId }),
});
