import * as z from "zod/mini";
import { InboundError } from "#lib/contract/errors.ts";
import {
  PasswordEncryptType,
  CreateIdentityDto,
  CreateUserInfoDto,
  CreateUserOptionsDto,
} from "#lib/contract/person.ts";
import * as dto from "./dto.ts";
import type { CreateUserBatchReqDto, UpdateUserReqDto } from "./dto.ts";
import { shapeProblems } from "./rules.ts";
import type { Problem } from "./rules.ts";

// Authing's reference exists in two generations. The older one (published until 2022-10, still online) has gender `W`,
// the password's encryption and a misspelt flag at each person, and fewer fields. Both are read; one setting decides
// which is written. In between there is only the current one.

/** `current`: the reference of today. `2022`: the older published page. */
export type Dialect = "current" | "2022";

/** What goes on the wire. With `problems` it must not be sent. */
export interface Wire {
  readonly body: object;
  /** Fields that the dialect does not have and that were left out or given the nearest value. Paths without indexes, e.g. `list[].company`. */
  readonly leftOut: readonly string[];
  /** What cannot be said in the dialect without changing what becomes of the person. */
  readonly problems: readonly Problem[];
}

/** The body of `create-users-batch` in a dialect. */
export function toWire(batch: CreateUserBatchReqDto, dialect: Dialect): Wire {
  if (dialect === "current") return { body: batch, leftOut: [], problems: [] };
  const leftOut = new Set<string>();
  const problems: Problem[] = [];
  const options = batch.options ?? {};
  const list = batch.list.map((person, index) => {
    // Without these the account would come into being and its owner could not get in, or without a second factor.
    for (const field of ["otp", "salt"] as const) {
      if (person[field] !== undefined) {
        problems.push({ path: `list[${index}].${field}`, code: "not-in-dialect" });
      }
    }
    const older = toOlderPerson(person, (field) => leftOut.add(`list[].${field}`));
    return {
      ...older,
      ...(person.identities && {
        identities: person.identities.map(({ userInfoInIdp, accessToken, refreshToken, ...identity }) => {
          for (const [field, value] of Object.entries({ userInfoInIdp, accessToken, refreshToken })) {
            if (value !== undefined) leftOut.add(`list[].identities[].${field}`);
          }
          return identity;
        }),
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
  return {
    body: { list, ...(batch.options && { options: olderOptions }) },
    leftOut: [...leftOut],
    problems,
  };
}

/** The body of `update-user` in a dialect. */
export function updateToWire(update: UpdateUserReqDto, dialect: Dialect): Wire {
  if (dialect === "current") return { body: update, leftOut: [], problems: [] };
  const leftOut = new Set<string>();
  const older = toOlderPerson(update, (field) => leftOut.add(field));
  // Where the update of 2022 has it, nothing that is known says. A password taken for plain that is not would lock its owner out.
  const encryptType = update.options?.passwordEncryptType;
  const body = { ...older, ...optional("passwordEncryptType", encryptType) };
  return { body, leftOut: [...leftOut], problems: [] };
}

/** Fields of a person that came after 2022. `otp` and `salt` are not dropped but refused. */
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
  "metadata",
  "otp",
  "salt",
] as const;

function toOlderPerson(
  person: Omit<CreateUserInfoDto, "identities"> | UpdateUserReqDto,
  leaveOut: (field: string) => void,
): Record<string, unknown> {
  const older: Record<string, unknown> = { ...person };
  for (const field of newerFields) {
    if (older[field] !== undefined) leaveOut(field);
    delete older[field];
  }
  if (person.gender === "F") older["gender"] = "W";
  // Neither can log in; a deactivated account is the nearest to a suspended one.
  if (person.status === "Deactivated") {
    older["status"] = "Suspended";
    leaveOut("status");
  }
  return older;
}

const PersonOfEitherGeneration = z.extend(CreateUserInfoDto, {
  gender: z.exactOptional(z.enum(["M", "F", "U", "W"])),
  identities: z.exactOptional(
    z.array(
      z.extend(CreateIdentityDto, {
        userInfoInIdp: z.exactOptional(z.record(z.string(), z.unknown())),
      }),
    ),
  ),
  passwordEncryptType: z.exactOptional(PasswordEncryptType),
  resetPasswordOnFisrtLogin: z.exactOptional(z.boolean()),
});

const BatchOfEitherGeneration = z.strictObject({
  list: z.array(PersonOfEitherGeneration).check(z.minLength(1), z.maxLength(dto.maxUsersPerCreate)),
  options: z.exactOptional(CreateUserOptionsDto),
});

/** One person with the options of the batch they want to be in. */
export interface PersonWithOptions {
  readonly person: CreateUserInfoDto;
  readonly options: CreateUserOptionsDto;
}

/**
 * Reads one person of either generation. What the older one says at the person (`passwordEncryptType`,
 * `resetPasswordOnFisrtLogin`) becomes an option. Throws `malformed` with the path of the first problem.
 */
export function readCreateUser(input: unknown): PersonWithOptions {
  return separate(parse(PersonOfEitherGeneration, input));
}

/**
 * Reads a `create-users-batch` body of either generation. Options hold for a whole batch, so what the older generation
 * says at each person must be the same for all of them and for the batch; absent means the default. Somebody without a
 * password has no say in how passwords are encrypted. Throws `malformed` with the path of the first problem.
 */
export function readCreateUserBatch(input: unknown): CreateUserBatchReqDto {
  const batch = parse(BatchOfEitherGeneration, input);
  const people = batch.list.map(separate);
  const encryptions = people.map(({ person, options }) => ({
    own: options.passwordEncryptType,
    hasSay: person.password !== undefined,
  }));
  const resets = people.map(({ options }) => ({ own: options.resetPasswordOnFirstLogin, hasSay: true }));
  const { passwordEncryptType, resetPasswordOnFirstLogin } = batch.options ?? {};
  const options: CreateUserOptionsDto = {
    ...batch.options,
    ...optional(
      "passwordEncryptType",
      agreed("passwordEncryptType", encryptions, passwordEncryptType, "none" as const),
    ),
    ...optional(
      "resetPasswordOnFirstLogin",
      agreed("resetPasswordOnFisrtLogin", resets, resetPasswordOnFirstLogin, false),
    ),
  };
  const list = people.map(({ person }) => person);
  return batch.options || Object.keys(options).length > 0 ? { list, options } : { list };
}

/** The one value that the batch and everybody who has a say in it want; `undefined` when nobody said anything. */
function agreed<Value>(
  field: string,
  people: readonly { own: Value | undefined; hasSay: boolean }[],
  ofBatch: Value | undefined,
  byDefault: Value,
): Value | undefined {
  if (people.every(({ own }) => own === undefined)) return ofBatch;
  const wanted = people.map(({ own, hasSay }) => own ?? (hasSay ? (ofBatch ?? byDefault) : undefined));
  const first = ofBatch ?? wanted.find((value) => value !== undefined);
  const odd = wanted.findIndex((value) => value !== undefined && value !== first);
  if (odd < 0) return first;
  throw new InboundError("malformed", "options-differ-in-batch", {
    path: `list[${odd}].${field}`,
    hint: "Authing takes this for a whole batch; put people who differ in it in different batches",
  });
}

function optional<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { [Key in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { [Key in Name]: Value });
}

function separate(input: z.infer<typeof PersonOfEitherGeneration>): PersonWithOptions {
  const { passwordEncryptType, resetPasswordOnFisrtLogin, gender, identities, ...rest } = input;
  return {
    person: {
      ...rest,
      ...(gender !== undefined && { gender: gender === "W" ? "F" : gender }),
      ...(identities && {
        identities: identities.map(({ userInfoInIdp = {}, ...identity }) =>
          Object.assign(identity, { userInfoInIdp }),
        ),
      }),
    },
    options: {
      ...optional("passwordEncryptType", passwordEncryptType),
      ...optional("resetPasswordOnFirstLogin", resetPasswordOnFisrtLogin),
    },
  };
}

function parse<Schema extends z.ZodMiniType>(schema: Schema, input: unknown): z.infer<Schema> {
  const { success, data } = schema.safeParse(input);
  if (success) return data as z.infer<Schema>;
  const [problem] = shapeProblems(schema, input);
  throw new InboundError(
    "malformed",
    problem?.code ?? "invalid",
    problem?.path ? { path: problem.path } : {},
  );
}
