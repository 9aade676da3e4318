import { isEmpty, type Read } from "#lib/fields/read.ts";
import { internationalPhone, otherFactors } from "#lib/layouts/choices.ts";
import { factor, hasOneOf, names, productLayout } from "#lib/layouts/product.ts";
import { inside, isRemoved, items, present, readFields, wordOf } from "#lib/layouts/record.ts";

/** Logto's users, as its table and its Management API have them (https://docs.logto.io/user-management/user-data). */
export default productLayout({
  name: "logto",
  title: "Logto users",
  lists: ["[]", "users"],
  hides: ["key", "code", "mfa_verifications"],
  shows: ["passwordEncryptionMethod"],
  recognizes: (sample) =>
    hasOneOf(sample, "mfaVerifications", "mfa_verifications") ||
    (hasOneOf(sample, "primaryEmail", "primary_email") &&
      hasOneOf(
        sample,
        "isSuspended",
        "is_suspended",
        "passwordEncryptionMethod",
        "password_encryption_method",
      )),
  json: ["mfaVerifications"],
  knows: names(
    "id username primaryEmail primaryPhone name avatar profile isSuspended",
    "passwordEncrypted passwordEncryptionMethod mfaVerifications",
    // What only Logto needs.
    "tenantId applicationId identities logtoConfig lastSignInAt createdAt updatedAt ssoIdentities",
    "hasPassword passwordDigest",
  ),
  person: (record) => ({
    fields: present({
      ...readFields(record, {
        externalId: "id",
        username: "username",
        email: "primaryEmail",
        name: "name",
        familyName: "profile.familyName",
        givenName: "profile.givenName",
        middleName: "profile.middleName",
        nickname: "profile.nickname",
        gender: "profile.gender",
        birthdate: "profile.birthdate",
        website: "profile.website",
        locale: "profile.locale",
        zoneinfo: "profile.zoneinfo",
        photo: "avatar",
        accountDisabled: "isSuspended",
        passwordHash: "passwordEncrypted",
      }),
      phone: internationalPhone(inside(record, "primaryPhone")),
    }),
    notes: otherFactors(
      verifications(record).filter(
        (each) => !isRemoved(each) && !["totp", "backupcode"].includes(typeOf(each)),
      ),
    ),
  }),
  factors: (record) => {
    const codes = verifications(record).find((each) => typeOf(each) === "backupcode");
    return verifications(record)
      .filter((each) => typeOf(each) === "totp")
      .map((each) => ({ secret: inside(each, "key") }))
      .filter(({ secret }) => !isEmpty(secret.value))
      .map((fields, index) =>
        factor(fields, index === 0 && codes !== undefined ? { recoveryCodes: inside(codes, "codes") } : {}),
      );
  },
});

const verifications = (record: Read) => items(inside(record, "mfaVerifications"));
const typeOf = (verification: Read) => wordOf(inside(verification, "type"));
