import * as z from "zod/mini";
import { InboundError } from "#lib/contract/errors.ts";
import { CreateIdentityDto, CreateUserInfoDto, fieldsOnlyAtCreate } from "#lib/contract/person.ts";
import type { Create, Update } from "#lib/contract/change.ts";
import type { CreateUserBatchReqDto, UpdateUserReqDto } from "./dto.ts";
import { shapeProblems } from "./rules.ts";
import type { Problem } from "./rules.ts";

// Authing's reference exists in two generations. The older one (published until 2022-10, still online) has gender `W`,
// the password's encryption and a misspelt flag at each person, and fewer fields. Both are read; one setting decides
// which is written. All other code knows the current one only.

/** `current`: the reference of today. `2022`: the older published page. */
export type Dialect = "current" | "2022";

/** What goes on the wire. With `problems` it must not be sent. */
export interface Wire {
  readonly body: object;
  /** What the dialect cannot say without changing the result for the person. */
  readonly problems: readonly Problem[];
}

/** The body of `create-users-batch` in a dialect. */
export function toWire(batch: CreateUserBatchReqDto, dialect: Dialect): Wire {
  if (dialect === "current") return { body: batch, problems: [] };
  const problems: Problem[] = [];
  const options = batch.options ?? {};
  const list = batch.list.map((person, index) => {
    // Without these, Authing would create an account whose owner could not log in, or would have no second factor.
    for (const field of ["otp", "salt"] as const) {
      if (person[field] !== undefined) {
        problems.push({ path: `list[${index}].${field}`, code: "not-in-dialect" });
      }
    }
    return {
      ...toOlderPerson(person),
      ...(person.identities && {
        identities: person.identities.map((identity) => without(identity, newerIdentityFields)),
      }),
      ...(options.passwordEncryptType !== undefined && { passwordEncryptType: options.passwordEncryptType }),
      ...(options.resetPasswordOnFirstLogin !== undefined && {
        resetPasswordOnFisrtLogin: options.resetPasswordOnFirstLogin,
      }),
    };
  });
  if (
    options.departmentIdType !== undefined &&
    !["department_id", "open_department_id"].includes(options.departmentIdType)
  ) {
    problems.push({ path: "options.departmentIdType", code: "not-in-dialect" });
  }
  const { passwordEncryptType: _, ...olderOptions } = options;
  return { body: { list, ...(batch.options && { options: olderOptions }) }, problems };
}

/** The body of `update-user` in a dialect. */
export function updateToWire(update: UpdateUserReqDto, dialect: Dialect): Wire {
  if (dialect === "current") return { body: update, problems: [] };
  // No known document says where the update of 2022 has this field. If Authing took an encrypted password for a plain one, its owner
  // could not log in.
  const encryptType = update.options?.passwordEncryptType;
  const older = toOlderPerson(update);
  return {
    body: { ...older, ...(encryptType !== undefined && { passwordEncryptType: encryptType }) },
    problems: [],
  };
}

/**
 * The fields of a joiner or mover that a dialect drops: `not-in-dialect-2022` for a field that it does not have, and
 * `suspended-in-dialect-2022` for a deactivated account, which is sent as a suspended one. The paths are Authing's fields: one
 * place in the payload may give several fields, some of which are sent.
 */
export function droppedOnWire(
  { kind, person }: Pick<Create | Update, "kind" | "person">,
  dialect: Dialect,
): { readonly path: string; readonly problem: string }[] {
  if (dialect === "current") return [];
  const fields = newerFields.filter(
    (field) => person[field] !== undefined && !(kind === "update" && onlyAtCreate.has(field)),
  );
  const identities = kind === "create" ? (person.identities ?? []) : [];
  const ofIdentities = newerIdentityFields.filter((field) =>
    identities.some(({ [field]: value }) => value !== undefined && Object.keys(value).length > 0),
  );
  return [
    ...fields.map((path) => ({ path, problem: "not-in-dialect-2022" })),
    ...ofIdentities.map((field) => ({
      path: `identities[].${field}`,
      problem: "not-in-dialect-2022",
    })),
    ...(person.status === "Deactivated" ? [{ path: "status", problem: "suspended-in-dialect-2022" }] : []),
  ];
}

const onlyAtCreate: ReadonlySet<string> = new Set(fieldsOnlyAtCreate);

/** Fields of a person that came after 2022 and are dropped in the older dialect. */
const newerFields = [
  "company",
  "browser",
  "device",
  "givenName",
  "familyName",
  "middleName",
  "profile",
  "preferredUsername",
  "website",
  "zoneinfo",
  "locale",
  "formatted",
  "region",
  "identityNumber",
  "metadataSource",
] as const satisfies readonly (keyof CreateUserInfoDto)[];

/** These fields, `metadata` (the name that `update-user` has for `metadataSource`), and the fields for which a batch is refused. */
const omittedFields: readonly string[] = [...newerFields, "metadata", "otp", "salt"];

const newerIdentityFields = ["userInfoInIdp", "accessToken", "refreshToken"] as const;

function without(object: object, fields: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !fields.includes(name)));
}

function toOlderPerson(
  person: Omit<CreateUserInfoDto, "identities"> | UpdateUserReqDto,
): Record<string, unknown> {
  const older = without(person, omittedFields);
  if (person.gender === "F") older["gender"] = "W";
  // A person with either status cannot log in: `Suspended` is the status of 2022 that is nearest to `Deactivated`.
  if (person.status === "Deactivated") older["status"] = "Suspended";
  return older;
}

const PersonOfEitherGeneration = z.extend(CreateUserInfoDto, {
  identities: z.exactOptional(
    z.array(
      z.extend(CreateIdentityDto, {
        userInfoInIdp: z.exactOptional(z.record(z.string(), z.unknown())),
      }),
    ),
  ),
});

/**
 * Reads fields of a person in Authing's own shape, of either generation: that of 2022 has identities without
 * `userInfoInIdp`. Throws `malformed` with the path of the first problem.
 */
export function readCreateUser(input: unknown): CreateUserInfoDto {
  const { identities, ...rest } = parse(PersonOfEitherGeneration, input);
  return {
    ...rest,
    ...(identities && {
      identities: identities.map(({ userInfoInIdp = {}, ...identity }) =>
        Object.assign(identity, { userInfoInIdp }),
      ),
    }),
  };
}

function parse<Schema extends z.ZodMiniType>(schema: Schema, input: unknown): z.infer<Schema> {
  const { success, data } = schema.safeParse(input);
  if (success) return data as z.infer<Schema>;
  const [problem] = shapeProblems(schema, input);
  throw new InboundError(
    "malformed",
    problem?.code ?? "invalid-value",
    problem?.path ? { path: problem.path } : {},
  );
}
