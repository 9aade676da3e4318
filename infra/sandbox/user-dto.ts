import { createHash } from "node:crypto";
import type { Person } from "./people.ts";

/** The details that a request may ask for in addition to the plain fields. */
export interface Detail {
  readonly withCustomData?: boolean;
  readonly flatCustomData?: boolean;
  readonly withIdentities?: boolean;
  readonly withDepartmentIds?: boolean;
}

const fullDetail: Detail = { withCustomData: true, withIdentities: true, withDepartmentIds: true };

/** A person in Authing's form, the UserDto, with every field that Authing documents as always present. */
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

/** Stable: the same for the same account at the same provider. */
const identityId = ({ extIdpId, userIdInIdp }: { extIdpId: string; userIdInIdp: string }) =>
  createHash("sha256").update(`${extIdpId}:${userIdInIdp}`).digest("hex").slice(0, 24);

const isoTime = (milliseconds: number) => new Date(milliseconds).toISOString();
