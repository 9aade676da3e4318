import { joinerOf, type Change, type Create, type Update } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SubjectRecord } from "#lib/contract/ledger.ts";
import { fieldsOnlyAtCreate, type CreateUserInfoDto } from "#lib/contract/person.ts";
import type { FieldDigest } from "#lib/ledger/field-digests.ts";
import { effectiveFrom } from "#lib/pipeline/dates.ts";
import { closes, namesIn, valuesIn, withoutNames } from "#lib/pipeline/order.ts";
import type { DifferenceKind } from "./roster-state.ts";

// What a listed person comes to, compared with what the source has told of them. Pure.

export type Difference =
  | {
      readonly kind: DifferenceKind;
      readonly changes: readonly Change[];
      /** Of a mover: the fields that differ. */
      readonly names: readonly string[];
    }
  /** Nothing differs from what was told. */
  | { readonly kind: "unchanged" }
  /** The person has left, and is closed at Authing or never was there. */
  | { readonly kind: "gone" };

export interface Listed {
  readonly changes: readonly Change[];
  /** When the list was read, ISO 8601, UTC: what was told later counts more. */
  readonly at: string;
  /** The source shows that the person is active, also where no change says so. */
  readonly isActive: boolean;
}

export interface DifferenceSettings {
  readonly digest: FieldDigest;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly timeZone: string;
}

/** @throws InboundError `malformed` `person-incomplete` for a new person that the list does not hold enough about. */
export function differenceOf(
  listed: Listed,
  known: SubjectRecord | undefined,
  settings: DifferenceSettings,
): Difference {
  const { changes, at } = listed;
  const isDue = (change: Change) => (effectiveFrom(change, settings.timeZone) ?? 0) <= settings.now;
  const closesNow = changes.some((change) => closes(change) === true && isDue(change));
  // From this moment on the id names another person; nothing is told about that one yet.
  const person = known?.movedTo === undefined ? known : undefined;
  const isNewer = (person?.told["access"]?.at ?? "") > at;
  const isOpen = listed.isActive || changes.some((change) => closes(change) === false);

  if (person?.isClosed) {
    if (closesNow || isNewer || !isOpen || changes.length === 0)
      return person.userId === undefined || closesNow ? { kind: "gone" } : { kind: "unchanged" };
    return {
      kind: person.userId === undefined ? "joiner" : "back",
      changes: changes.map(asJoiner),
      names: [],
    };
  }
  if (person?.userId === undefined) {
    if (closesNow && changes.some(({ kind }) => kind === "leave")) return { kind: "gone" };
    const left = changes.flatMap((change) => differing(change, person, at, settings).changes);
    // Announced before, and nothing about it differs: the event waits for the first day.
    if (person?.firstDay !== undefined && left.length === 0) return { kind: "unchanged" };
    if (changes.length === 0) return { kind: "unchanged" };
    return { kind: "joiner", changes: changes.map(asJoiner), names: [] };
  }
  if (closesNow) return isNewer ? { kind: "unchanged" } : { kind: "leaver", changes, names: [] };
  const each = changes.map((change) => differing(change, person, at, settings));
  const names = [...new Set(each.flatMap((one) => one.names))];
  if (names.length === 0) return { kind: "unchanged" };
  return { kind: "mover", changes: each.flatMap((one) => one.changes), names };
}

/** A joiner is made from all that the list holds: fifty of them go to Authing in one call. */
function asJoiner(change: Change): Change {
  if (change.kind !== "update") return change;
  if (!change.complete) throw new InboundError("malformed", "person-incomplete");
  return joinerOf(change, change.whole ?? (change.person as CreateUserInfoDto));
}

/** What of a change differs from what was told. A password is the person's own by now, and what only a new account takes never changes. */
function differing(
  change: Change,
  known: SubjectRecord | undefined,
  at: string,
  { digest }: DifferenceSettings,
): { readonly changes: readonly Change[]; readonly names: readonly string[] } {
  const same = { changes: [], names: [] };
  if (change.kind === "import-otp") return known?.told["otp"] ? same : { changes: [change], names: ["otp"] };
  if (change.kind === "leave") {
    const isNewer = (known?.told["departure"]?.at ?? "") > at;
    return known?.lastDay === change.lastDay || isNewer ? same : { changes: [change], names: ["departure"] };
  }
  const values = valuesIn(change);
  const isSame = (name: string): boolean => {
    const told = known?.told[name];
    if (told !== undefined && told.at > at) return true;
    switch (name) {
      case "access":
        return (known?.isClosed ?? false) === closes(change);
      case "departure":
        return (known?.lastDay ?? "") === "";
      case "externalId":
        return known?.externalId === undefined || known.externalId === change.person.externalId;
      default:
        if (!(name in values) || onlyAtCreate.has(name)) return true;
        return told !== undefined && told.digest === digest(name, values[name]);
    }
  };
  const all = namesIn(change);
  const names = all.filter((name) => !isSame(name));
  if (change.kind === "create" && change.firstDay !== undefined && change.firstDay !== known?.firstDay)
    names.push("arrival");
  if (names.length === 0) return same;
  // A person whose id changes is told whole: Authing has to find them by either id.
  if (names.includes("externalId")) return { changes: [change], names };
  const equal = new Set(all.filter(isSame));
  return { changes: withoutNames(change, equal).map((left) => asWhole(left, change)), names };
}

/** An account that an operator has deleted is made anew from a mover, as from one of the source's own. */
function asWhole(left: Change, change: Create | Update): Change {
  if (left.kind !== "update") return left;
  return { ...left, complete: change.kind === "create" || change.complete };
}

const onlyAtCreate: ReadonlySet<string> = new Set(fieldsOnlyAtCreate);
