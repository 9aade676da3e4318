import type { Answer } from "#lib/authing/answer.ts";
import type { AuthingClient } from "#lib/authing/client.ts";
import {
  UserDto,
  type ListedUserDto,
  type UpdateUserBatchReqDto,
  type UpdateUserReqDto,
  type UserIdType,
} from "#lib/authing/dto.ts";
import { classify, refusedByRules, type Attempted } from "#lib/authing/failures.ts";
import { maxUsersPerLookUp } from "#lib/authing/limits.ts";
import { identifierOf, identifiers, type Identifier } from "#lib/authing/identifiers.ts";
import { batchProblems, importOtpProblems, type Problem } from "#lib/authing/rules.ts";
import type { CreateUserInfoDto } from "#lib/contract/person.ts";
import type { Attempts } from "./attempt.ts";
import type { DeliveryPorts } from "./context.ts";
import type { Pace, Permit } from "./pace.ts";
import { pacedReads, type AuthingReads } from "./paced-reads.ts";
import { identifierTypes, imaginedAccounts, type ImaginedAccounts } from "./imagined-accounts.ts";

/** How a field at Authing would differ after a change. */
export type FieldEffect = "new" | "changed";

/** The fields that a rehearsal would have changed: names, never values. */
export type Effects = Record<string, FieldEffect>;

/** What cannot be looked up at Authing and compared. */
const notComparable: ReadonlySet<string> = new Set(["password", "salt", "metadata", "metadataSource", "otp"]);
const notFields: ReadonlySet<string> = new Set(["userId", "options", "tenantIds", "identities"]);

/** A person who would have identifiers, and the account that is theirs already. */
interface Claimant {
  readonly person: Partial<CreateUserInfoDto>;
  readonly ownId?: string;
}

const write: Attempted = { reads: false, needsUser: true, records: 1 };

/**
 * Ports that read at Authing and write nothing there. Each reading call goes at the pace; a call of the client itself, which may take
 * many of them, waits for nothing more.
 */
export function rehearsalPorts(
  context: Attempts & { readonly authing: AuthingClient },
  effects: Effects,
  imagined?: ImaginedAccounts,
): Pick<DeliveryPorts, "authing" | "pace"> {
  const atOnce: Permit = { accepted() {}, throttled() {} };
  const pace: Pace = { permit: async () => atOnce, perSecond: context.pace.perSecond };
  return { authing: rehearsalAuthing(pacedReads(context), effects, imagined), pace };
}

/** Where it would write, it looks up what is there, answers as Authing would, and notes in `effects` which fields would differ. */
function rehearsalAuthing(
  authing: AuthingReads,
  effects: Effects,
  imagined: ImaginedAccounts = imaginedAccounts(),
): AuthingClient {
  async function userOf(userId: string, userIdType: UserIdType = "user_id"): Promise<Answer<UserDto>> {
    return getUser({ userId, userIdType, withCustomData: true, withDepartmentIds: true });
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
        const found = await getUser({ userId: asked, userIdType: identifierTypes[kind] });
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

  /** Whether an account other than their own has an identifier of any of several people. `unknown`: that cannot be said of all together. */
  async function takenBySome(
    kind: Identifier,
    people: readonly Claimant[],
  ): Promise<"taken" | "free" | "unknown"> {
    const owners = new Map<string, string | undefined>();
    const asked = new Set<string>();
    for (const { person, ownId } of people) {
      const [value, known] = [person[kind], identifierOf(person, kind)];
      if (value === undefined || known === undefined) continue;
      // Which of two who claim the same one may have it is a question of their order.
      if (owners.has(known)) return "unknown";
      owners.set(known, ownId);
      asked.add(value).add(known);
    }
    const all = [...asked];
    const slices = Array.from({ length: Math.ceil(all.length / maxUsersPerLookUp) }, (_, slice) =>
      all.slice(slice * maxUsersPerLookUp, (slice + 1) * maxUsersPerLookUp),
    );
    const answers = await Promise.all(
      slices.map((userIds) => getUserBatch({ userIds, userIdType: identifierTypes[kind] })),
    );
    const isTaken = ({ userId, ...user }: ListedUserDto) => {
      const has = identifierOf(user, kind) ?? "";
      return owners.has(has) && owners.get(has) !== userId;
    };
    if (answers.some(({ ok }) => !ok)) return "unknown";
    return answers.some((answer) => answer.ok && answer.data.some(isTaken)) ? "taken" : "free";
  }

  /**
   * The first identifier of any of several people that an account other than their own has (`ownId`), with 50 at a call. `undefined`: each
   * has to be asked about by itself.
   */
  async function takenOfMany(
    people: readonly Claimant[],
  ): Promise<{ taken: Identifier | undefined } | undefined> {
    const [first, ...others] = identifiers;
    // People who are there are mostly found by our id; then nothing more has to be asked.
    const byFirst = await takenBySome(first, people);
    if (byFirst !== "free") return byFirst === "taken" ? { taken: first } : undefined;
    const answers = await Promise.all(others.map((kind) => takenBySome(kind, people)));
    if (answers.includes("unknown")) return undefined;
    return { taken: others.find((_, index) => answers[index] === "taken") };
  }

  const { dialect, getCustomFields, getDepartment, listOrganizations, getAllDepartments } = authing;
  /** An account that this rehearsal would have made or changed, before what Authing knows of it. */
  const getUser: AuthingClient["getUser"] = async (request) => {
    const { userId, userIdType } = request;
    const there = imagined.find(userIdType, userId);
    if (there) return { ok: true, data: there };
    const answer = await authing.getUser(request);
    const isOther = answer.ok && imagined.has(answer.data.userId);
    if (answer.ok && !isOther) return answer;
    const byDigits = userIdType === "phone" ? imagined.findByDigits(userId) : undefined;
    if (byDigits) return { ok: true, data: byDigits };
    return isOther ? unknownUser : answer;
  };
  const getUserBatch: AuthingClient["getUserBatch"] = async (request) => {
    const { userIds, userIdType } = request;
    const answer = await authing.getUserBatch(request);
    if (!answer.ok && answer.failure.kind !== "user-not-found") return answer;
    const real = (answer.ok ? answer.data : []).filter(({ userId }) => !imagined.has(userId));
    const numbers = new Set(real.map(({ phone }) => phone));
    const there = userIds.flatMap(
      (userId) =>
        imagined.find(userIdType, userId) ??
        (userIdType === "phone" && !numbers.has(userId) ? imagined.findByDigits(userId) : undefined) ??
        [],
    );
    const data: readonly ListedUserDto[] = [...real, ...new Set(there)];
    return answer.ok || data.length > 0 ? { ok: true, data } : answer;
  };
  /** The accounts of several people after their updates, asked about together. `undefined`: each has to be asked about by itself. */
  async function updatedTogether(list: UpdateUserBatchReqDto["list"]): Promise<UserDto[] | undefined> {
    const userIds = list.map(({ userId }) => userId);
    const found = await getUserBatch({ userIds, withCustomData: true, withDepartmentIds: true });
    if (!found.ok) return undefined;
    const users = new Map(found.data.map((user) => [user.userId, UserDto.safeParse(user).data]));
    const people = list.map(({ userId, ...person }) => ({
      ownId: userId,
      person: person as Claimant["person"],
    }));
    const all = await takenOfMany(people);
    if (!all || all.taken !== undefined) return undefined;
    const before = userIds.map((userId) => users.get(userId)).filter((user) => user !== undefined);
    if (before.length < list.length || users.size < list.length) return undefined;
    return before.map((user, index) => {
      const fields = people[index]?.person ?? {};
      note(fields, user, effects);
      return imagined.change(user, fields);
    });
  }
  async function updateUser(request: UpdateUserReqDto): Promise<Answer<UserDto>> {
    const { userId, options, ...fields } = request;
    const found = await userOf(userId, options?.userIdType);
    if (!found.ok) return found;
    const taken = await takenBy(fields as Partial<CreateUserInfoDto>, found.data.userId);
    if (typeof taken === "string") return duplicate(taken);
    if (taken) return taken;
    note(fields, found.data, effects);
    return { ok: true, data: imagined.change(found.data, fields) };
  }
  return {
    dialect,
    getUser,
    getUserBatch,
    getCustomFields,
    getDepartment,
    listOrganizations,
    getAllDepartments,
    async createUsersBatch(request) {
      const problems = batchProblems(request);
      if (problems.length > 0) return refused(problems);
      const people = request.list.map((person) => ({ person }));
      const all = people.length > 1 ? await takenOfMany(people) : undefined;
      if (all?.taken !== undefined) return duplicate(all.taken);
      for (const person of all ? [] : request.list) {
        const taken = await takenBy(person);
        if (typeof taken === "string") return duplicate(taken);
        if (taken) return taken;
      }
      for (const person of request.list) note(person, undefined, effects);
      return { ok: true, data: request.list.map((person) => imagined.create(person)) };
    },
    updateUser,
    async updateUserBatch({ list }) {
      const together = await updatedTogether(list);
      if (together) return { ok: true, data: together };
      const data: UserDto[] = [];
      for (const each of list) {
        const answer = await updateUser(each);
        if (!answer.ok) return answer;
        data.push(answer.data);
      }
      return { ok: true, data };
    },
    async setUserDepartments({ userId, departments, options }) {
      const found = await userOf(userId, options?.userIdType);
      // A person that this rehearsal would have made is not there.
      const before = found.ok ? found.data : undefined;
      const departmentIds = departments.map(({ departmentId }) => departmentId);
      note({ departmentIds }, before, effects);
      if (before) imagined.change(before, { departmentIds });
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
      for (const { userId } of request.list) imagined.enrol(userId);
      effects["otp"] = "new";
      return { ok: true, data: undefined };
    },
    async getUserMfaInfo(request) {
      return imagined.isEnrolled(request.userId)
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

function refused(problems: readonly Problem[]): Answer<never> {
  return { ok: false, failure: refusedByRules(problems, write) };
}

const unknownUser: Answer<never> = {
  ok: false,
  failure: classify({ seen: "envelope", httpStatus: 200, statusCode: 404 }, { ...write, reads: true }),
};

/** The answer of Authing to an identifier that another account has. */
function duplicate(field: Identifier): Answer<never> {
  const seen = { seen: "envelope", httpStatus: 200, statusCode: 409 } as const;
  return { ok: false, failure: { ...classify(seen, write), field } };
}

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
