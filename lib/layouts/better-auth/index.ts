import { isEmpty, type Read } from "#lib/fields/read.ts";
import { note } from "#lib/layouts/choices.ts";
import { factor, has, hasOneOf, names, productLayout } from "#lib/layouts/product.ts";
import { inside, present, readFields } from "#lib/layouts/record.ts";

/**
 * Better Auth's tables `user` and `twoFactor` (https://www.better-auth.com/docs/plugins/2fa), and users as Clerk's migration tool
 * exports them. Secrets are encrypted with a key of the deployment.
 */
export default productLayout({
  name: "better-auth",
  title: "Better Auth users and factors",
  lists: ["[]", "users", "twoFactor"],
  recognizes: (sample) =>
    (has(sample, "secret") &&
      hasOneOf(sample, "backupCodes", "backup_codes") &&
      hasOneOf(sample, "userId", "user_id")) ||
    (has(sample, "email") &&
      hasOneOf(sample, "emailVerified", "email_verified") &&
      hasOneOf(sample, "twoFactorEnabled", "two_factor_enabled", "banExpires", "ban_expires")),
  knows: names(
    "email emailVerified name username phoneNumber phoneNumberVerified password passwordHash",
    "id userId secret backupCodes image banned twoFactorEnabled displayUsername",
    // What only Better Auth needs.
    "createdAt updatedAt role banReason banExpires isAnonymous verified",
  ),
  person: (record) =>
    isFactor(record)
      ? undefined
      : {
          fields: readFields(record, {
            externalId: ["user_id", "id"],
            username: "username",
            email: "email",
            emailVerified: "emailVerified",
            phone: "phoneNumber",
            phoneVerified: "phoneNumberVerified",
            name: "name",
            photo: "image",
            accountDisabled: "banned",
            passwordHash: ["password_hash", "password"],
          }),
        },
  identities: (record) => present({ externalId: inside(record, "userId") }),
  factors: (record) => {
    if (!isFactor(record)) return [];
    const secret = inside(record, "secret");
    return [{ ...factor({ secret }), problems: [note("secret-encrypted", secret)] }];
  },
});

const isFactor = (record: Read) => !isEmpty(inside(record, "secret").value);
