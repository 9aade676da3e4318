import * as z from "zod/mini";
import type { CreateUserOptionsDto, ImportOtpItemDataDto } from "#lib/contract/person.ts";
import * as dto from "#lib/authing/dto.ts";
import { SetUserDepartmentsDto } from "#lib/authing/organizations.ts";
import * as envelope from "./envelope.ts";
import type { Answer, Refusal } from "./envelope.ts";
import { departmentIdOf, organizationOperations } from "./organizations.ts";
import type { PasswordKeys } from "./password-keys.ts";
import { operation, type Operation } from "./operation.ts";
import { uniqueKeys } from "./people.ts";
import type { People, Person, Profile } from "./people.ts";
import type { PoolRules } from "./pool-rules.ts";
import * as requests from "./requests.ts";
import { toUserDto } from "./user-dto.ts";

type Verdict<Good> = { readonly good: Good } | { readonly refusal: Refusal };

/** Every endpoint by the last part of its path, except `get-management-token`. */
export function createOperations(
  people: People,
  keys: PasswordKeys,
  rules: PoolRules,
): Record<string, Operation> {
  /** Applies the records that the mode allows. Returns the refusal of the first bad record, if there is one. */
  function applyBatch<Good>(
    verdicts: readonly Verdict<Good>[],
    apply: (good: Good) => void,
  ): Refusal | undefined {
    const refusal = verdicts.find((verdict) => "refusal" in verdict)?.refusal;
    if (refusal && rules.batchMode === "all-or-nothing") return refusal;
    for (const verdict of verdicts) if ("good" in verdict) apply(verdict.good);
    return refusal;
  }

  const conflict = (field: envelope.UniqueField) => envelope.duplicate(field, rules.duplicateCodes);

  /** Rules that Authing's schema does not contain, but its server checks. */
  function refusalOf(profile: Partial<Profile>): Refusal | undefined {
    // The server wants a dot in the domain: authing-node-sdk's own tests expect `test1@qqq` to be refused.
    if (profile.email !== undefined && !/^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(profile.email)) {
      return envelope.badParameter("email");
    }
    if (profile.phoneCountryCode !== undefined && profile.phone === undefined) return envelope.noPhone;
    for (const [key, value] of Object.entries(profile.customData ?? {})) {
      if (rules.customFields && !rules.customFields.includes(key))
        return envelope.badParameter(`customData.${key}`);
      if ((typeof value === "string" ? value : (JSON.stringify(value) ?? "")).length > 1024) {
        return envelope.longCustomData;
      }
    }
    const { departments } = rules;
    if (departments && profile.departmentIds?.some((id) => !departments.includes(id)))
      return envelope.unknownDepartment;
    if (!profile.username && !profile.phone && !profile.email) return envelope.noLoginField;
    return undefined;
  }

  /** A person in departments by Authing's own ids, which `departments` of the rules checks; `undefined` for another id that is unknown. */
  function withDepartments<Fields extends Pick<Profile, "departmentIds">>(
    fields: Fields,
    { departmentIdType }: CreateUserOptionsDto,
  ): Fields | undefined {
    const isOwn = departmentIdType === undefined || departmentIdType === "department_id";
    if (isOwn || fields.departmentIds === undefined) return fields;
    const ids = fields.departmentIds.flatMap(
      (id) => departmentIdOf(rules.organizations, id, departmentIdType) ?? [],
    );
    return ids.length === fields.departmentIds.length ? { ...fields, departmentIds: ids } : undefined;
  }

  interface Newcomer {
    readonly profile: Profile;
    readonly secrets: Pick<Person, "otp" | "password">;
    readonly resetPasswordOnNextLogin: boolean;
  }

  /** `taken`: what the good records before this one have claimed; it grows by what this one claims. */
  function judgeNewcomer(
    record: unknown,
    options: CreateUserOptionsDto,
    taken: Set<string>,
  ): Verdict<Newcomer> {
    const parsed = z.safeParse(requests.ReceivedUser, record);
    if (!parsed.success) return { refusal: envelope.badParameter(requests.badField(parsed.error)) };
    const { otp, password, salt, passwordEncryptType, resetPasswordOnFisrtLogin, ...fields } = parsed.data;
    const profile = withDepartments(fields, options);
    if (!profile) return { refusal: envelope.unknownDepartment };
    const refusal = refusalOf(profile);
    if (refusal) return { refusal };
    const collision = people.collision(profile, { taken });
    if (collision) return { refusal: conflict(collision) };
    const encryptType = options.passwordEncryptType ?? passwordEncryptType ?? "none";
    const clear = password === undefined ? undefined : keys.decrypt(password, encryptType);
    if (password !== undefined && clear === undefined) return { refusal: envelope.badParameter("password") };
    for (const key of uniqueKeys(profile).keys()) taken.add(key);
    return {
      good: {
        profile,
        secrets: {
          ...(otp && { otp }),
          ...(clear !== undefined && {
            password: {
              password: clear,
              ...(salt !== undefined && { salt }),
              keepPassword: options.keepPassword ?? false,
            },
          }),
        },
        resetPasswordOnNextLogin: options.resetPasswordOnFirstLogin ?? resetPasswordOnFisrtLogin ?? false,
      },
    };
  }

  function create({ profile, secrets, resetPasswordOnNextLogin }: Newcomer): Person {
    const person = people.create(profile);
    Object.assign(person, secrets, { resetPasswordOnNextLogin });
    if (secrets.password) person.passwordLastSetAt = person.createdAt;
    return person;
  }

  type Fields = Omit<z.infer<typeof requests.UpdateUserInfo>, "userId" | "passwordEncryptType">;

  /** A person as an update would leave them. `taken`: what the good records before this one have claimed; it grows by what this one claims. */
  function judgeUpdate(
    person: Person,
    // The field `metadataSource` of create is called `metadata` here.
    { metadata, ...fields }: Fields,
    taken: Set<string>,
  ): Verdict<Profile> {
    const profile: Profile = {
      ...person.profile,
      ...fields,
      // Authing does not document whether it replaces the whole object; the sandbox keeps the keys that are not sent.
      ...(fields.customData && { customData: { ...person.profile.customData, ...fields.customData } }),
      ...(metadata && { metadataSource: metadata }),
    };
    const refusal = refusalOf(profile);
    if (refusal) return { refusal };
    const collision = people.collision(profile, { except: person.userId, taken });
    if (collision) return { refusal: conflict(collision) };
    for (const key of uniqueKeys(profile).keys()) taken.add(key);
    return { good: profile };
  }

  function update(request: z.infer<typeof requests.UpdateUser>): Answer {
    const { userId, options = {}, password, passwordEncryptType = "none", ...fields } = request;
    const person = people.find(userId, options.userIdType);
    if (!person) return { refusal: envelope.unknownUser };
    const verdict = judgeUpdate(person, fields, new Set());
    if ("refusal" in verdict) return verdict;
    if (password !== undefined) {
      const clear = keys.decrypt(password, options.passwordEncryptType ?? passwordEncryptType);
      if (clear === undefined) return { refusal: envelope.badParameter("password") };
      person.password = { password: clear, keepPassword: false };
    }
    people.change(person, verdict.good);
    if (password !== undefined) person.passwordLastSetAt = person.updatedAt;
    person.resetPasswordOnNextLogin =
      options.resetPasswordOnNextLogin ??
      options.resetPasswordOnFirstLogin ??
      person.resetPasswordOnNextLogin;
    return { data: toUserDto(person) };
  }

  /** Resigns people: keeps the profile, ends the memberships. */
  const resign = (person: Person) =>
    people.change(person, { ...person.profile, status: "Resigned", departmentIds: [] });

  const leaveBatch = (
    userIds: readonly string[],
    type: dto.UserIdType | undefined,
    leave: (person: Person) => void,
  ) => {
    const refusal = applyBatch(
      userIds.map((userId): Verdict<Person> => {
        const person = people.find(userId, type);
        return person ? { good: person } : { refusal: envelope.unknownUser };
      }),
      leave,
    );
    return refusal ? { refusal } : { data: { success: true } };
  };

  const withPerson = (
    userId: string,
    type: dto.UserIdType | undefined,
    answer: (person: Person) => unknown,
  ): Answer => {
    const person = people.find(userId, type);
    return person ? { data: answer(person) } : { refusal: envelope.unknownUser };
  };

  return {
    "create-users-batch": operation("POST", requests.CreateUsersBatch, ({ list, options = {} }) => {
      const taken = new Set<string>();
      const created: Person[] = [];
      const refusal = applyBatch(
        list.map((record) => judgeNewcomer(record, options, taken)),
        (newcomer) => created.push(create(newcomer)),
      );
      return refusal ? { refusal } : { data: created.map((person) => toUserDto(person)) };
    }),
    "create-user": operation("POST", requests.CreateUser, ({ options = {}, ...record }) => {
      const verdict = judgeNewcomer(record, options, new Set());
      return "refusal" in verdict ? verdict : { data: toUserDto(create(verdict.good)) };
    }),
    "update-user": operation("POST", requests.UpdateUser, update),
    "update-user-batch": operation("POST", requests.UpdateUserBatch, ({ list }) => {
      const taken = new Set<string>();
      const changed: Person[] = [];
      const refusal = applyBatch(
        list.map((record): Verdict<{ person: Person; profile: Profile }> => {
          const parsed = z.safeParse(requests.UpdateUserInfo, record);
          if (!parsed.success) return { refusal: envelope.badParameter(requests.badField(parsed.error)) };
          const { userId, passwordEncryptType: _, ...fields } = parsed.data;
          const person = people.find(userId);
          if (!person) return { refusal: envelope.unknownUser };
          const verdict = judgeUpdate(person, fields, taken);
          return "refusal" in verdict ? verdict : { good: { person, profile: verdict.good } };
        }),
        ({ person, profile }) => {
          people.change(person, profile);
          changed.push(person);
        },
      );
      return refusal ? { refusal } : { data: changed.map((person) => toUserDto(person)) };
    }),
    "set-user-departments": operation(
      "POST",
      SetUserDepartmentsDto,
      ({ userId, departments, options }): Answer => {
        const person = people.find(userId, options?.userIdType);
        if (!person) return { refusal: envelope.unknownUser };
        const departmentIds = departments.map(({ departmentId }) => departmentId);
        const refusal = refusalOf({ ...person.profile, departmentIds });
        if (refusal) return { refusal };
        people.change(person, { ...person.profile, departmentIds });
        return { data: { success: true } };
      },
    ),
    "import-otp": operation("POST", requests.ImportOtp, ({ list }): Answer => {
      const refusal = applyBatch(
        list.map((record): Verdict<{ person: Person; otp: ImportOtpItemDataDto }> => {
          const parsed = z.safeParse(dto.ImportOtpItemDto, record);
          if (!parsed.success) return { refusal: envelope.badParameter(requests.badField(parsed.error)) };
          const person = people.find(parsed.data.userId);
          return person ? { good: { person, otp: parsed.data.otp } } : { refusal: envelope.unknownUser };
        }),
        // A second import replaces the first, as in the v2 endpoint from which this one was made.
        ({ person, otp }) => (person.otp = otp),
      );
      return refusal ? { refusal } : {};
    }),
    "get-user": operation("GET", dto.GetUserReqDto, ({ userId, userIdType, ...detail }): Answer => {
      const person = people.lookUp(userId, userIdType);
      return person ? { data: toUserDto(person, detail) } : { refusal: envelope.unknownUser };
    }),
    "get-user-batch": operation("GET", dto.GetUserBatchReqDto, ({ userIds, userIdType, ...detail }) => {
      const found = userIds.map((userId) => people.lookUp(userId, userIdType));
      if (rules.unknownInLookUp === "refused" && found.includes(undefined))
        return { refusal: envelope.unknownUser };
      return {
        data: found.filter((person) => person !== undefined).map((person) => toUserDto(person, detail)),
      };
    }),
    "list-users": operation(
      "POST",
      requests.ListUsers,
      ({ keywords, advancedFilter, searchQuery, options = {} }) => {
        if (advancedFilter?.length || searchQuery !== undefined || options.sort?.length) {
          return { refusal: envelope.unsupported };
        }
        const { page = 1, limit = 10 } = options.pagination ?? {};
        const shown = people.all().filter(people.isShown);
        const matching = keywords
          ? shown.filter((person) => mentions(person, keywords, options.fuzzySearchOn))
          : shown;
        const list = matching
          .slice((page - 1) * limit, page * limit)
          .map((person) => toUserDto(person, options));
        return { data: { totalCount: matching.length, list } };
      },
    ),
    "is-user-exists": operation("POST", requests.IsUserExists, (given) => {
      if (Object.keys(given).length === 0) {
        return { refusal: envelope.badParameter("username, email, phone, externalId") };
      }
      // Authing does not document whether all of several fields must match the person; in the sandbox one match is enough.
      const exists = (["username", "email", "phone"] as const).some(
        (type) => given[type] !== undefined && people.lookUp(given[type], type),
      );
      const known =
        given.externalId !== undefined && people.lookUp(given.externalId, "external_id") !== undefined;
      return { data: { exists: exists || known } };
    }),
    "resign-user-batch": operation("POST", dto.ResignUserBatchReqDto, ({ userIds, userIdType }) =>
      leaveBatch(userIds, userIdType, resign),
    ),
    "resign-user": operation("POST", requests.OneUser, ({ userId, userIdType }) =>
      leaveBatch([userId], userIdType, resign),
    ),
    "delete-users-batch": operation("POST", dto.DeleteUsersBatchReqDto, ({ userIds, options }) =>
      leaveBatch(userIds, options?.userIdType, people.remove),
    ),
    "kick-users": operation("POST", dto.KickUsersDto, ({ userId, options }) =>
      withPerson(userId, options?.userIdType, () => ({ success: true })),
    ),
    "get-user-mfa-info": operation("GET", requests.OneUser, ({ userId, userIdType }) =>
      withPerson(userId, userIdType, ({ otp }) => ({
        totpStatus: otp ? "enabled" : "disabled",
        faceMfaStatus: "disabled",
        smsMfaStatus: "disabled",
        emailMfaStatus: "disabled",
      })),
    ),
    "get-custom-fields": operation("GET", dto.GetCustomFieldsReqDto, ({ targetType }): Answer =>
      rules.customFields
        ? {
            data: rules.customFields.map((key) => ({ targetType, key, dataType: "STRING", label: key })),
          }
        : { refusal: envelope.unsupported },
    ),
    ...organizationOperations(rules.organizations),
    "get-otp-secret-by-user": operation("GET", requests.OneUser, ({ userId, userIdType }) =>
      withPerson(userId, userIdType, ({ otp }) => ({ secret: otp?.secret ?? "" })),
    ),
    system: {
      method: "GET",
      open: true,
      bare: true,
      run: () => ({
        data: {
          ...keys.publicKeys(),
          version: { server: "sandbox", console: "sandbox", login: "sandbox" },
          publicIps: ["127.0.0.1"],
        },
      }),
    },
  };
}

const searched = ["username", "email", "phone", "name", "nickname", "externalId"];

function mentions(person: Person, keywords: string, fields: readonly string[] = searched): boolean {
  const profile: Readonly<Record<string, unknown>> = { ...person.profile, id: person.userId };
  return fields.some((field) => {
    const value = profile[field];
    return typeof value === "string" && value.toLowerCase().includes(keywords.toLowerCase());
  });
}
