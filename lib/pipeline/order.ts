import { closesAccount, type Change, type Create, type Update } from "#lib/contract/change.ts";
import type { FieldTold, SubjectRecord } from "#lib/contract/ledger.ts";
import type { CreateUserInfoDto } from "#lib/contract/person.ts";

// Newest per field. Deliveries come in any order, and most say only a part: of each field the newest statement counts, whatever
// came when. Access to the account is a field like others, whether a joiner, a departure or a status speaks of it.
// docs/decisions/2026-11-26-newest-per-field.md

/** An event as far as order is concerned. */
export interface Statement {
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly occurredAt: string;
}

/** What is left of an event once newer events have had their say. */
export interface Remainder {
  readonly changes: readonly Change[];
  /** The fields that are not left → the event that told them, without its source. */
  readonly superseded: Readonly<Record<string, string>>;
  /** All that is not left was told by an event of the same moment: the sender said the same again under another id. */
  readonly isRepetition: boolean;
}

/** Fields that are told together: of an e-mail address and its verification, one alone would be about another address. */
const groups: Readonly<Record<string, string>> = {
  emailVerified: "email",
  phoneCountryCode: "phone",
  phoneVerified: "phone",
  departmentIds: "departments",
  status: "access",
  salt: "password",
};

/** The name under which the ledger notes a field of a person. `customData` is noted by its keys. */
export const nameOf = (field: string): string => groups[field] ?? field;

/** The departments that changes tell. */
export const departmentsIn = (changes: readonly Change[]): string[] =>
  changes.flatMap((change) => ("person" in change ? (change.person.departmentIds ?? []) : []));

/** The other id that the source gives the person of an event from now on. */
export function newSubjectIn(changes: readonly Change[], subject: string): string | undefined {
  const moved = changes.flatMap((change) => ("newSubject" in change ? (change.newSubject ?? []) : []))[0];
  return moved === subject ? undefined : moved;
}

/** Whether a change says that the account is closed (`true`) or open (`false`); `undefined` where it does not say. */
export function closes(change: Change): boolean | undefined {
  if (change.kind === "leave") return true;
  if (change.kind === "import-otp") return undefined;
  const { status } = change.person;
  if (status !== undefined) return closesAccount(status);
  return change.kind === "create" ? false : undefined;
}

/** The names of everything that a change tells. */
export function namesIn(change: Change): string[] {
  if (change.kind === "leave") return ["access"];
  if (change.kind === "import-otp") return ["otp"];
  const { customData = {}, ...fields } = change.person;
  return [
    ...new Set([
      ...Object.keys(fields).map(nameOf),
      ...Object.keys(customData).map((key) => `customData.${key}`),
      ...(closes(change) === undefined ? [] : ["access"]),
      ...("departure" in change && change.departure !== undefined ? ["departure"] : []),
    ]),
  ];
}

/** The ledger keeps no digest of these: secrets, our id of the person, and what it notes itself. */
const withoutDigest: ReadonlySet<string> = new Set(["password", "otp", "access", "externalId"]);

/** The values that a change tells, by the names of `namesIn`, as far as a digest is kept of them. */
export function valuesIn(change: Change): Readonly<Record<string, unknown>> {
  if (!("person" in change)) return {};
  const { customData = {}, ...fields } = change.person;
  const values: Record<string, Record<string, unknown>> = {};
  for (const [field, value] of Object.entries(fields)) {
    const name = nameOf(field);
    if (withoutDigest.has(name)) continue;
    // Departments have no order.
    (values[name] ??= {})[field] =
      field === "departmentIds" ? (value as readonly string[]).toSorted() : value;
  }
  const { memberships } = change;
  if (memberships && values["departments"]) values["departments"]["memberships"] = memberships;
  return {
    ...values,
    ...Object.fromEntries(Object.entries(customData).map(([key, value]) => [`customData.${key}`, value])),
  };
}

/** What of an event's changes nothing newer has told. */
export function remainderOf(
  changes: readonly Change[],
  statement: Statement,
  known: SubjectRecord | undefined,
): Remainder {
  const superseded: Record<string, string> = {};
  let isRepetition = true;
  const lose = (name: string, told: FieldTold) => {
    superseded[name] = told.by;
    if (told.at !== statement.occurredAt) isRepetition = false;
  };
  const left = changes.flatMap((change): Change[] => {
    const overtaken = new Map(
      [...namesIn(change), ...(change.kind === "leave" && change.lastDay ? ["departure"] : [])].flatMap(
        (name) => {
          const told = known?.told[name];
          return told && isOvertaken(name, change, statement, told, known) ? [[name, told] as const] : [];
        },
      ),
    );
    for (const [name, told] of overtaken) lose(name, told);
    if (overtaken.size === 0) return [change];
    return "person" in change ? withoutNames(change, overtaken) : [];
  });
  return { changes: left, superseded, isRepetition: isRepetition && Object.keys(superseded).length > 0 };
}

/**
 * Whether what was told of a field counts more than this change. Of two statements of the same moment the one that comes later
 * counts, save for a joiner: a sender that says it twice has not brought two people.
 */
function isOvertaken(
  name: string,
  change: Change,
  { id, occurredAt }: Statement,
  told: FieldTold,
  known: SubjectRecord,
): boolean {
  if (told.by === id) return false;
  // An announced departure stands for as long as the same day is announced.
  if (name === "departure" && change.kind === "leave" && known.lastDay === change.lastDay) return false;
  if (told.at === occurredAt) {
    const saysTheSame = name !== "access" || known.isClosed === closes(change);
    return change.kind === "create" && saysTheSame;
  }
  return told.at > occurredAt;
}

/** A joiner or a mover without these fields; nothing when no field is left. */
export function withoutNames(change: Create | Update, names: { has(name: string): boolean }): Change[] {
  const { customData, ...fields } = change.person;
  const custom = Object.entries(customData ?? {}).filter(([key]) => !names.has(`customData.${key}`));
  const person: Partial<CreateUserInfoDto> = {
    ...Object.fromEntries(Object.entries(fields).filter(([field]) => !names.has(nameOf(field)))),
    ...(custom.length > 0 && { customData: Object.fromEntries(custom) }),
  };
  const { externalId: _, ...rest } = person;
  const opens = change.kind === "create" && !names.has("access");
  const saysMore = change.kind === "update" && (change.newSubject !== undefined || change.departure);
  if (Object.keys(rest).length === 0 && !opens && !saysMore) return [];
  const whole = change.whole ?? change.person;
  if (change.kind === "create" && opens) {
    return [{ ...change, person: person as CreateUserInfoDto, whole: whole as CreateUserInfoDto }];
  }
  const { kind: _kind, ...common } = change;
  return [
    {
      ...common,
      kind: "update",
      who: "who" in change ? change.who : who(change.person),
      person,
      // What is older than the closing of an account creates none.
      complete: !names.has("access") && ("complete" in change ? change.complete : true),
      whole: whole as CreateUserInfoDto,
    },
  ];
}

const who = ({ externalId }: CreateUserInfoDto) => (externalId === undefined ? {} : { externalId });

/** The teller of the newest of these names, for an event of which nothing is left. */
export function newestTeller(
  superseded: Readonly<Record<string, string>>,
  known: SubjectRecord | undefined,
): string | undefined {
  const [newest] = Object.keys(superseded).toSorted((one, other) =>
    (known?.told[one]?.at ?? "") > (known?.told[other]?.at ?? "") ? -1 : 1,
  );
  return newest === undefined ? undefined : superseded[newest];
}
