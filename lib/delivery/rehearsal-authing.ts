import type { Answer } from "#lib/authing/answer.ts";
import type { AuthingClient } from "#lib/authing/client.ts";
import type { ListedUserDto, UserDto, UserIdType } from "#lib/authing/dto.ts";
import { classify, refusedByRules, type Attempted } from "#lib/authing/failures.ts";
import { maxUsersPerLookUp } from "#lib/authing/limits.ts";
import { identifierOf, identifiers, type Identifier } from "#lib/authing/identifiers.ts";
import { batchProblems, importOtpProblems, type Problem } from "#lib/authing/rules.ts";
import type { CreateUserInfoDto } from "#lib/contract/person.ts";

/** How a field at Authing would differ after a change. */
export type FieldEffect = "new" | "changed";

/** The fields that a rehearsal would have changed: names, never values. */
export type Effects = Record<string, FieldEffect>;

const idTypes = {
  externalId: "external_id",
  email: "email",
  phone: "phone",
  username: "username",
} as const satisfies Record<Identifier, UserIdType>;

/** What cannot be looked up at Authing and compared. */
const notComparable: ReadonlySet<string> = new Set(["password", "salt", "metadata", "metadataSource", "otp"]);
const notFields: ReadonlySet<string> = new Set(["userId", "options", "tenantIds", "identities"]);

const write: Attempted = { reads: false, needsUser: true, records: 1 };

/**
 * A client that reads at Authing and writes nothing. Where it would write, it looks up what is there, answers as Authing would, and
 * notes in `effects` which fields would differ.
 */
export function rehearsalAuthing(authing: AuthingClient, effects: Effects): AuthingClient {
  /** Accounts that got a TOTP secret in this rehearsal. */
  const enrolled = new Set<string>();

  async function userOf(userId: string, userIdType: UserIdType = "user_id"): Promise<Answer<UserDto>> {
    return authing.getUser({ userId, userIdType, withCustomData: true, withDepartmentIds: true });
  }

  /** The account that has one of a person's identifiers, other than the person's own. */
  async function takenBy(
    person: Partial<CreateUserInfoDto>,
    own?: string,
  ): Promise<Identifier | Answer<never> | undefined> {
    for (const kind of identifiers) {
      const value = kind === "phone" ? undefined : person[kind];
      const digits = kind === "phone" ? person.phone : undefined;
      for (const asked of [value, digits, digits === undefined ? undefined : identifierOf(person, kind)]) {
        if (asked === undefined) continue;
        const found = await getUser({ userId: asked, userIdType: idTypes[kind] });
        if (!found.ok) {
          if (found.failure.kind === "user-not-found" || found.failure.kind === "invalid-record") continue;
          return found;
        }
        if (found.data.userId === own) continue;
        if (identifierOf(found.data, kind) === identifierOf(person, kind)) return kind;
      }
    }
    return undefined;
  }

  /** The first identifier that is taken of any of several people, in four calls. `undefined`: each has to be asked about by itself. */
  async function takenOfMany(
    people: readonly CreateUserInfoDto[],
  ): Promise<{ taken: Identifier | undefined } | Answer<never> | undefined> {
    for (const kind of identifiers) {
      const known = people.map((person) => identifierOf(person, kind)).filter((value) => value !== undefined);
      const values = people.map((person) => person[kind]).filter((value) => value !== undefined);
      const asked = [...new Set([...values, ...known])];
      if (asked.length === 0) continue;
      if (asked.length > maxUsersPerLookUp) return undefined;
      const found = await getUserBatch({ userIds: asked, userIdType: idTypes[kind] });
      if (!found.ok) return undefined;
      if (found.data.some((user) => known.includes(identifierOf(user, kind) ?? ""))) return { taken: kind };
    }
    return { taken: undefined };
  }

  const { dialect, getCustomFields } = authing;
  const imagined = imaginedAccounts();
  const getUser: AuthingClient["getUser"] = async (request) => {
    const there = imagined.find(request.userIdType, request.userId);
    return there ? { ok: true, data: there } : authing.getUser(request);
  };
  const getUserBatch: AuthingClient["getUserBatch"] = async (request) => {
    const there = request.userIds.flatMap((userId) => imagined.find(request.userIdType, userId) ?? []);
    const answer = await authing.getUserBatch(request);
    if (answer.ok) return { ...answer, data: [...answer.data, ...there] };
    return there.length > 0 && answer.failure.kind === "user-not-found" ? { ok: true, data: there } : answer;
  };
  return {
    // What reads, by name: a call that the client learns to make later must not pass through here by itself.
    dialect,
    getUser,
    getUserBatch,
    getCustomFields,
    async createUsersBatch(request) {
      const problems = batchProblems(request);
      if (problems.length > 0) return refused(problems);
      const all = request.list.length > 1 ? await takenOfMany(request.list) : undefined;
      if (all && "ok" in all) return all;
      if (all?.taken !== undefined) return duplicate(all.taken);
      for (const person of all ? [] : request.list) {
        const taken = await takenBy(person);
        if (typeof taken === "string") return duplicate(taken);
        if (taken) return taken;
      }
      for (const person of request.list) note(person, undefined, effects);
      return { ok: true, data: request.list.map((person) => imagined.add(made(person))) };
    },
    async updateUser(request) {
      const { userId, options, ...fields } = request;
      const found = await userOf(userId, options?.userIdType);
      if (!found.ok) return found;
      const taken = await takenBy(fields as Partial<CreateUserInfoDto>, found.data.userId);
      if (typeof taken === "string") return duplicate(taken);
      if (taken) return taken;
      note(fields, found.data, effects);
      return { ok: true, data: found.data };
    },
    async setUserDepartments({ userId, departments, options }) {
      const found = await userOf(userId, options?.userIdType);
      // A person that this rehearsal would have made is not there.
      const before = found.ok ? found.data : undefined;
      note({ departmentIds: departments.map(({ departmentId }) => departmentId) }, before, effects);
      return { ok: true, data: undefined };
    },
    async resignUserBatch({ userIds, userIdType }) {
      return closed(userIds, userIdType);
    },
    async deleteUsersBatch({ userIds, options }) {
      return closed(userIds, options?.userIdType);
    },
    async kickUsers() {
      return { ok: true, data: undefined };
    },
    async importOtp(request) {
      const problems = importOtpProblems(request);
      if (problems.length > 0) return refused(problems);
      for (const { userId } of request.list) enrolled.add(userId);
      effects["otp"] = "new";
      return { ok: true, data: undefined };
    },
    async getUserMfaInfo(request) {
      return enrolled.has(request.userId)
        ? { ok: true, data: { totpStatus: "enabled" } }
        : authing.getUserMfaInfo(request);
    },
    // The client stays open for what is not rehearsed.
    close() {},
  };

  async function closed(userIds: readonly string[], userIdType?: UserIdType): Promise<Answer<undefined>> {
    for (const userId of userIds) {
      const found = await userOf(userId, userIdType);
      if (!found.ok) return found;
      effects["status"] = "changed";
    }
    return { ok: true, data: undefined };
  }
}

/** The people that a rehearsal would have created, so that a later one of them with the same address is seen. */
function imaginedAccounts() {
  const accounts = new Map<string, ListedUserDto>();
  return {
    add(user: ListedUserDto): ListedUserDto {
      for (const kind of identifiers) {
        for (const value of [user[kind], identifierOf(user, kind)]) {
          if (value !== undefined) accounts.set(`${idTypes[kind]}:${value}`, user);
        }
      }
      return user;
    },
    find: (type: UserIdType | undefined, value: string): ListedUserDto | undefined =>
      accounts.get(`${type ?? "user_id"}:${value}`),
  };
}

function refused(problems: readonly Problem[]): Answer<never> {
  return { ok: false, failure: refusedByRules(problems, write) };
}

/** The answer of Authing to an identifier that another account has. */
function duplicate(field: Identifier): Answer<never> {
  const seen = { seen: "envelope", httpStatus: 200, statusCode: 409 } as const;
  return { ok: false, failure: { ...classify(seen, write), field } };
}

/** A person as Authing would answer after a create. Its id is a word, so that nothing takes it for an account. */
const made = (person: CreateUserInfoDto): ListedUserDto => ({
  userId: "not-created-yet",
  createdAt: new Date().toISOString(),
  ...(person.externalId !== undefined && { externalId: person.externalId }),
  ...(person.email !== undefined && { email: person.email }),
  ...(person.phone !== undefined && { phone: person.phone }),
  ...(person.phoneCountryCode !== undefined && { phoneCountryCode: person.phoneCountryCode }),
  ...(person.username !== undefined && { username: person.username }),
  ...(person.departmentIds !== undefined && { departmentIds: [...person.departmentIds] }),
  status: person.status ?? "Activated",
});

/** Notes the fields of `wanted` that differ from what is there. Of `customData` each key is a field. */
function note(wanted: object, there: UserDto | undefined, effects: Effects): void {
  for (const [name, value] of Object.entries(wanted)) {
    if (value === undefined || notFields.has(name)) continue;
    if (name === "customData" && typeof value === "object" && value !== null) {
      const before = (there?.customData ?? {}) as Readonly<Record<string, unknown>>;
      for (const [key, each] of Object.entries(value)) {
        noteField(`customData.${key}`, each, before[key], effects);
      }
      continue;
    }
    noteField(name, value, there?.[name as keyof UserDto], effects);
  }
}

function noteField(name: string, wanted: unknown, there: unknown, effects: Effects): void {
  if (there === undefined || there === null || there === "") effects[name] = "new";
  else if (notComparable.has(name) || comparable(name, wanted) !== comparable(name, there)) {
    effects[name] = "changed";
  }
}

/** Authing answers an e-mail in lower case, and a list in an order of its own. */
function comparable(name: string, value: unknown): string {
  if (Array.isArray(value)) return JSON.stringify(value.toSorted());
  if (name === "email" && typeof value === "string") return value.toLowerCase();
  return JSON.stringify(value);
}
