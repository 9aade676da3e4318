import * as z from "zod/mini";
import { InboundError } from "#lib/contract/errors.ts";
import { CreateIdentityDto, CreateUserInfoDto } from "#lib/contract/person.ts";
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
  const body = { ...older, ...(encryptType !== undefined && { passwordEncryptType: encryptType }) };
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
    problem?.code ?? "invalid",
    problem?.path ? { path: problem.path } : {},
  );
}
