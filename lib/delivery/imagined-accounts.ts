import type { UserDto, UserIdType } from "#lib/authing/dto.ts";
import { homeCountryCode, identifierOf, identifiers, type Identifier } from "#lib/authing/identifiers.ts";
import type { CreateUserInfoDto } from "#lib/contract/person.ts";

/** What Authing calls each identifier. */
export const identifierTypes = {
  externalId: "external_id",
  email: "email",
  phone: "phone",
  username: "username",
} as const satisfies Record<Identifier, UserIdType>;

/** What a rehearsal leaves to the next one about the same people. No passwords and no secrets are in it. */
export interface SavedAccounts {
  readonly accounts: readonly UserDto[];
  /** Of them those that gave up an identifier. */
  readonly freeing: readonly string[];
  /** Accounts that got a TOTP secret. */
  readonly enrolled: readonly string[];
  /** How many accounts were imagined so far. */
  readonly count: number;
}

/** The accounts that a rehearsal would have made, and those at Authing that it would have changed. */
export interface ImaginedAccounts {
  /** Answers as Authing would after a create. */
  create(person: CreateUserInfoDto): UserDto;
  /** Answers as Authing would after an update. */
  change(user: UserDto, fields: Readonly<Record<string, unknown>>): UserDto;
  find(type: UserIdType | undefined, value: string): UserDto | undefined;
  /** By the digits of a phone alone: an account at Authing with this very number comes before it. */
  findByDigits(value: string): UserDto | undefined;
  /** Whether an account at Authing is another one now: what Authing answers about it does not count. */
  has(userId: string): boolean;
  enrol(userId: string): void;
  isEnrolled(userId: string): boolean;
  /** What the next rehearsal needs: the accounts that `keeps` names, and those that gave up an identifier, which anybody may have now. */
  save(keeps: (user: UserDto) => boolean): SavedAccounts;
}

/** Authing's ids are 24 hexadecimal digits, so that nothing takes such a word for one. */
const imaginedPrefix = "not-created-yet-";

/** Whether an account is one that only a rehearsal would have made. */
export const isImagined = (userId: string): boolean => userId.startsWith(imaginedPrefix);

/** An imagined account was made by another event or row than the one that looks it up, whenever that was. */
const madeBefore = new Date(0).toISOString();

export function imaginedAccounts(saved?: SavedAccounts): ImaginedAccounts {
  const users = new Map<string, UserDto>();
  const index = new Map<string, string>();
  const byDigits = new Map<string, string>();
  const enrolled = new Set(saved?.enrolled);
  const freeing = new Set(saved?.freeing);
  let count = saved?.count ?? 0;
  for (const user of saved?.accounts ?? []) put(user);

  function put(user: UserDto): UserDto {
    const before = users.get(user.userId);
    for (const key of before ? keysOf(before) : []) if (index.get(key) === user.userId) index.delete(key);
    users.set(user.userId, user);
    for (const key of keysOf(user)) index.set(key, user.userId);
    if (user.phone !== undefined) byDigits.set(user.phone, user.userId);
    return user;
  }
  const of = (userId: string | undefined) => (userId === undefined ? undefined : users.get(userId));

  return {
    create(person) {
      count += 1;
      const made = { userId: `${imaginedPrefix}${count}`, createdAt: madeBefore, status: "Activated" };
      return put({ ...made, ...shown(person) } as UserDto);
    },
    change(user, wanted) {
      const fields = shown(wanted);
      const changed = { ...user, ...fields };
      const gaveUp = identifiers.some((kind) => identifierOf(user, kind) !== identifierOf(changed, kind));
      if (gaveUp) freeing.add(user.userId);
      const customData = { ...user.customData, ...(fields["customData"] as object) };
      return put({
        ...changed,
        userId: user.userId,
        ...(Object.keys(customData).length > 0 && { customData }),
      });
    },
    find(type = "user_id", value) {
      if (type === "user_id") return of(value);
      if (type === "email") return of(index.get(`email:${value.toLowerCase()}`));
      const exact = of(index.get(`${type}:${value}`));
      return exact ?? (type === "phone" ? of(index.get(`phone:${homeCountryCode}${value}`)) : undefined);
    },
    findByDigits(value) {
      const user = of(byDigits.get(value));
      return user?.phone === value ? user : undefined;
    },
    has: (userId) => users.has(userId),
    enrol: (userId) => void enrolled.add(userId),
    isEnrolled: (userId) => enrolled.has(userId),
    save(keeps) {
      const accounts = [...users.values()].filter((user) => freeing.has(user.userId) || keeps(user));
      const ids = new Set(accounts.map(({ userId }) => userId));
      const kept = (all: ReadonlySet<string>) => [...all].filter((userId) => ids.has(userId));
      return { accounts, freeing: kept(freeing), enrolled: kept(enrolled), count };
    },
  };
}

/** What Authing shows of the fields that it is given. */
const shown = (fields: object): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !notShown.has(name)));
const notShown: ReadonlySet<string> = new Set([
  "password",
  "salt",
  "otp",
  "metadata",
  "metadataSource",
  "identities",
]);

const keysOf = (user: UserDto): string[] =>
  identifiers.flatMap((kind) => {
    const value = identifierOf(user, kind);
    return value === undefined ? [] : [`${identifierTypes[kind]}:${value}`];
  });
