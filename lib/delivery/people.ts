import type { CreateUserInfoDto } from "#lib/contract/person.ts";
import type { UpdateUserReqDto, ListedUserDto } from "#lib/authing/dto.ts";
import { maxUsersPerLookUp } from "#lib/authing/limits.ts";
import { fieldsOnlyAtCreate } from "#lib/contract/person.ts";
import {
  homeCountryCode,
  identifierOf,
  identifiers,
  type Identified,
  type Identifier,
} from "#lib/authing/identifiers.ts";
import type { PersonRecord } from "#lib/contract/ledger.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { Create, PersonReference } from "#lib/contract/change.ts";
import { attempt } from "./attempt.ts";
import type { DeliveryContext, Task } from "./context.ts";

/** What a person can be referred to by. */
export type Reference = Identifier | "userId";

export interface Who {
  readonly kind: Reference;
  readonly value: string;
}

/** What the API calls each of them. */
export const userIdTypes = {
  userId: "user_id",
  externalId: "external_id",
  email: "email",
  phone: "phone",
  username: "username",
} as const satisfies Record<Reference, string>;

/** The first identifier that is there and its kind. */
export function firstReference(who: PersonReference): Who | undefined {
  for (const kind of ["userId", ...identifiers] as const) {
    const value = who[kind];
    // The same digits in two countries are two people's.
    const isWhole = kind !== "phone" || who.phoneCountryCode !== undefined;
    if (value !== undefined && value !== "" && isWhole) return { kind, value };
  }
  return undefined;
}

/**
 * Whether a user of the pool is the person we mean. Our id decides where we have one; otherwise every identifier that
 * both have must agree, and there must be one. A shared e-mail alone does not make two ids one person.
 */
export function isSamePerson(found: ListedUserDto, person: CreateUserInfoDto): boolean {
  if (person.externalId !== undefined) return found.externalId === person.externalId;
  const shared = identifiers.filter((kind) => person[kind] !== undefined && found[kind] !== undefined);
  return (
    shared.length > 0 && shared.every((kind) => identifierOf(found, kind) === identifierOf(person, kind))
  );
}

/** Finds which of some users is a person: the first, as `isSamePerson` says. Our ids are looked up, since fifty people have an answer about fifty. */
export function findSame(
  users: readonly ListedUserDto[],
): (person: CreateUserInfoDto) => ListedUserDto | undefined {
  const byExternalId = new Map<string, ListedUserDto>();
  for (const user of users) {
    const { externalId } = user;
    if (externalId !== undefined && !byExternalId.has(externalId)) byExternalId.set(externalId, user);
  }
  return (person) =>
    person.externalId === undefined
      ? users.find((user) => isSamePerson(user, person))
      : byExternalId.get(person.externalId);
}

/**
 * Finds the accounts of people by one kind of identifier. Authing looks a phone up by its digits, which people in two countries may
 * share: one who is not found by them is asked for with the country's code too, which numbers of mainland China do not need.
 *
 * @returns the account of one of the people; `undefined` where there is none.
 */
export async function findByIdentifier(
  context: DeliveryContext,
  kind: Identifier,
  people: readonly Identified[],
): Promise<(person: Identified) => ListedUserDto | undefined> {
  const found = new Map<string | undefined, ListedUserDto>();
  const find = (person: Identified) => found.get(identifierOf(person, kind));
  const look = async (values: readonly (string | undefined)[]) => {
    const asked = [...new Set(values)].filter((value) => value !== undefined);
    for (const user of await findUsers(context, kind, asked)) found.set(identifierOf(user, kind), user);
  };
  await look(people.map((person) => person[kind]));
  if (kind === "phone") {
    const digits = new Set([...found.values()].map(({ phone }) => phone));
    const isUnsure = (person: Identified) =>
      !find(person) &&
      (digits.has(person.phone) || (person.phoneCountryCode ?? homeCountryCode) !== homeCountryCode);
    await look(people.filter(isUnsure).map((person) => identifierOf(person, kind)));
  }
  return find;
}

/**
 * Finds users by one kind of identifier, 50 at a call. Ids that Authing does not know are simply not in the answer;
 * should a pool refuse the whole call for one of them, or for the length of the list, smaller lists are asked. Should it
 * read a part of a long list only (some query parsers keep 20 items), the others count as unknown: they are sent, refused
 * as duplicates, and found by the look-up after that.
 */
export async function findUsers(
  context: DeliveryContext,
  kind: Reference,
  values: readonly string[],
): Promise<readonly ListedUserDto[]> {
  const [first, ...others] = values;
  if (first === undefined) return [];
  if (others.length === 0) return findUser(context, kind, first);
  if (values.length <= maxUsersPerLookUp) {
    const answer = await attempt(context, () =>
      context.authing.getUserBatch({ userIds: [...values], userIdType: userIdTypes[kind] }),
    );
    if (answer.ok) return answer.data;
    if (answer.failure.kind !== "user-not-found" && answer.failure.kind !== "invalid-record") {
      throw new InboundError("unavailable", answer.failure.kind);
    }
  }
  const middle = values.length > maxUsersPerLookUp ? maxUsersPerLookUp : Math.ceil(values.length / 2);
  return [
    ...(await findUsers(context, kind, values.slice(0, middle))),
    ...(await findUsers(context, kind, values.slice(middle))),
  ];
}

async function findUser(
  context: DeliveryContext,
  kind: Reference,
  userId: string,
): Promise<readonly ListedUserDto[]> {
  const answer = await attempt(context, () =>
    context.authing.getUser({ userId, userIdType: userIdTypes[kind] }),
  );
  if (answer.ok) return [answer.data];
  // No account has a malformed id.
  if (answer.failure.kind === "user-not-found" || answer.failure.kind === "invalid-record") return [];
  throw new InboundError("unavailable", answer.failure.kind);
}

/** What the ledger knows of the people of joiners, in their order, as `personOf` of each: it is asked once. */
export async function peopleOf(
  tasks: readonly Task<Create>[],
  { ledger }: DeliveryContext,
): Promise<readonly (PersonRecord | undefined)[]> {
  const asked = [...new Set(tasks.flatMap((task) => idToAsk(task) ?? []))];
  if (asked.length === 0) return tasks.map(({ person }) => person);
  const found = await ledger.people(asked);
  const known = new Map(asked.map((externalId, index) => [externalId, found[index]]));
  return tasks.map((task) => known.get(idToAsk(task) ?? "") ?? task.person);
}

/** What the ledger knows of the person of a joiner: as it stood when the person was locked, where they were. */
export async function personOf(
  task: Task<Create>,
  { ledger }: DeliveryContext,
): Promise<PersonRecord | undefined> {
  const externalId = idToAsk(task);
  return externalId === undefined ? task.person : ledger.person(externalId);
}

/** Our id by which the ledger has to be asked about a person; none, where what it knows is known. */
function idToAsk({ person, isNewcomer, change }: Task<Create>): string | undefined {
  return person !== undefined || isNewcomer ? undefined : change.person.externalId;
}

/**
 * A person that the ledger knows because a shared source spoke of an account that was there: an event that made the account, and
 * ended before it was noted, may still come.
 */
export const isOnlyLinked = ({ owner, createdBy }: PersonRecord): boolean =>
  owner === undefined && !createdBy.startsWith("uploads/");

/** The sources other than this one that say a person's account is closed: while there are any, it is not opened. */
export function closedByOthers(person: PersonRecord | undefined, source: string): readonly string[] {
  return (person?.closedBy ?? []).filter((other) => other !== source);
}

/**
 * What `update-user` takes of a person that `create-users-batch` would take. Our id of them is no news, and departments have
 * an endpoint of their own.
 */
export function updatable(
  person: Partial<CreateUserInfoDto>,
): Omit<UpdateUserReqDto, "userId" | "externalId" | "options"> {
  const { externalId: _, departmentIds: __, ...set } = person;
  return Object.fromEntries(
    Object.entries(set).filter(([name]) => !(fieldsOnlyAtCreate as readonly string[]).includes(name)),
  );
}
