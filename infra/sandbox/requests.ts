import * as z from "zod/mini";
import {
  PasswordEncryptType,
  CreateIdentityDto,
  CreateUserInfoDto,
  CreateUserOptionsDto,
} from "#lib/contract/person.ts";
import * as dto from "#lib/authing/dto.ts";
import { maxUsersPerCreate } from "#lib/authing/limits.ts";

// The requests that the sandbox accepts: the DTOs of lib/authing, and what only a server needs (both generations of fields at once,
// and the endpoints that our client never calls).

/** A person to create in either generation: the 2022 one says `W` and has two options in the record, one of them misspelt. */
export const ReceivedUser = z.extend(CreateUserInfoDto, {
  gender: z.exactOptional(z.enum(["M", "F", "W", "U"])),
  identities: z.exactOptional(
    z.array(
      z.extend(CreateIdentityDto, { userInfoInIdp: z.exactOptional(z.record(z.string(), z.unknown())) }),
    ),
  ),
  passwordEncryptType: z.exactOptional(PasswordEncryptType),
  resetPasswordOnFisrtLogin: z.exactOptional(z.boolean()),
});
export type ReceivedUser = z.infer<typeof ReceivedUser>;

/** The records are parsed one by one, so that one bad record does not make the others invalid. */
const records = z.array(z.unknown()).check(z.minLength(1), z.maxLength(maxUsersPerCreate));

export const CreateUsersBatch = z.strictObject({
  list: records,
  options: z.exactOptional(CreateUserOptionsDto),
});
export const CreateUser = z.extend(ReceivedUser, { options: z.exactOptional(CreateUserOptionsDto) });
export const ImportOtp = z.strictObject({ list: records });
export const UpdateUser = z.extend(dto.UpdateUserReqDto, {
  gender: z.exactOptional(z.enum(["M", "F", "W", "U"])),
  passwordEncryptType: z.exactOptional(PasswordEncryptType),
});

export const UpdateUserBatch = z.strictObject({ list: records });
export const UpdateUserInfo = z.omit(UpdateUser, { password: true, options: true });

/** `resign-user`, `get-user-mfa-info` and `get-otp-secret-by-user` name one person in the same way. */
export const OneUser = dto.GetUserMfaInfoReqDto;

export const IsUserExists = z.strictObject({
  username: z.exactOptional(z.string()),
  email: z.exactOptional(z.string()),
  phone: z.exactOptional(z.string()),
  externalId: z.exactOptional(z.string()),
});

export const ListUsers = z.strictObject({
  keywords: z.exactOptional(z.string()),
  advancedFilter: z.exactOptional(z.array(z.unknown())),
  searchQuery: z.exactOptional(z.unknown()),
  options: z.exactOptional(
    z.strictObject({
      pagination: z.exactOptional(
        z.strictObject({
          page: z.exactOptional(z.int().check(z.minimum(1))),
          limit: z.exactOptional(z.int().check(z.minimum(1), z.maximum(50))),
        }),
      ),
      sort: z.exactOptional(z.array(z.unknown())),
      fuzzySearchOn: z.exactOptional(z.array(z.string())),
      withCustomData: z.exactOptional(z.boolean()),
      withPost: z.exactOptional(z.boolean()),
      withIdentities: z.exactOptional(z.boolean()),
      withDepartmentIds: z.exactOptional(z.boolean()),
      flatCustomData: z.exactOptional(z.boolean()),
    }),
  ),
});

/** `true` and `false` come as text in a query; ids in the forms that the SDKs send: `[]` or repeated names, or commas. */
export function typedQuery(query: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => {
      if (name === "userIds" && typeof value === "string") return [name, value.split(",")];
      if (name === "page" || name === "limit") return [name, Number(value)];
      return [
        name,
        name.startsWith("with") || name === "flatCustomData" ? (flags.get(value) ?? value) : value,
      ];
    }),
  );
}

const flags = new Map<unknown, boolean>([
  ["true", true],
  ["false", false],
]);

/** The name of the first wrong field, as Authing's message names it: the last name of its path. */
export function badField(error: z.core.$ZodError): string {
  const issue = error.issues[0];
  if (issue?.code === "unrecognized_keys") return issue.keys[0] ?? "body";
  return issue?.path.findLast((part) => typeof part === "string") ?? "body";
}
