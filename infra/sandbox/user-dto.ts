import { createHash } from "node:crypto";
import type { Person } from "./people.ts";

/** What a caller may ask for beside the plain fields. */
export interface Detail {
  readonly withCustomData?: boolean;
  readonly flatCustomData?: boolean;
  readonly withIdentities?: boolean;
  readonly withDepartmentIds?: boolean;
}

const fullDetail: Detail = { withCustomData: true, withIdentities: true, withDepartmentIds: true };

/** A person as Authing answers it: Authing's UserDto, with every field that it says is always there. */
export function toUserDto(person: Person, detail: Detail = fullDetail) {
  const {
    customData,
    departmentIds,
    identities,
    metadataSource: _,
    tenantIds: __,
    ...plain
  } = person.profile;
  const status = plain.status ?? "Activated";
  return {
    ...plain,
    ...(plain.phone !== undefined && { phoneCountryCode: plain.phoneCountryCode ?? "+86" }),
    ...(plain.email !== undefined && { email: plain.email.toLowerCase() }),
    userId: person.userId,
    createdAt: isoTime(person.createdAt),
    updatedAt: isoTime(person.updatedAt),
    statusChangedAt: isoTime(person.statusChangedAt),
    status,
    workStatus: status === "Resigned" ? "Closed" : "Active",
    gender: plain.gender === "W" ? "F" : (plain.gender ?? "U"),
    emailVerified: plain.emailVerified ?? false,
    phoneVerified: plain.phoneVerified ?? false,
    loginsCount: 0,
    resetPasswordOnNextLogin: person.resetPasswordOnNextLogin,
    userSourceType: "adminCreated",
    ...(person.passwordLastSetAt !== undefined && { passwordLastSetAt: isoTime(person.passwordLastSetAt) }),
    ...(detail.withCustomData && (detail.flatCustomData ? customData : { customData: customData ?? {} })),
    ...(detail.withDepartmentIds && { departmentIds: departmentIds ?? [] }),
    ...(detail.withIdentities && {
      identities: (identities ?? []).map((identity) =>
        Object.assign({ identityId: identityId(identity) }, identity),
      ),
    }),
  };
}

/** The same for as long as the account at the other provider is the same. */
const identityId = ({ extIdpId, userIdInIdp }: { extIdpId: string; userIdInIdp: string }) =>
  createHash("sha256").update(`${extIdpId}:${userIdInIdp}`).digest("hex").slice(0, 24);

const isoTime = (milliseconds: number) => new Date(milliseconds).toISOString();
