import { isEmpty } from "#lib/fields/read.ts";
import { personColumnNames } from "#lib/layouts/column-names.ts";
import { factor, hasOneOf, productLayout } from "#lib/layouts/product.ts";
import { inside, isObject, present, readFields, type Paths } from "#lib/layouts/record.ts";

/** Fields of CreateUserInfoDto have the names of ours, but for one that the API spells in its own way. */
const fields: Paths = {
  ...Object.fromEntries(
    Object.keys(personColumnNames)
      .filter((name) => name !== "otp")
      .map((name) => [name, name]),
  ),
  resetPasswordOnFirstLogin: ["resetPasswordOnFirstLogin", "resetPasswordOnFisrtLogin"],
};

/**
 * Authing's own shapes: the bodies of create-users-batch and import-otp (`{"list": […]}`), single elements of them, and the JSON of its guide
 * for migrations, `[{uid, nickname, account_id, mail, password, …}]`, whose passwords are bcrypt hashes.
 */
export default productLayout({
  name: "authing",
  title: "Authing request bodies and migration JSON",
  lists: ["list", "[]"],
  recognizes: (sample) =>
    isMigration(sample.values ?? {}) ||
    (isObject(sample.values?.["otp"]) && hasOneOf(sample, "userId")) ||
    (sample.list === "list" && hasOneOf(sample, "userId", "externalId", "email", "phone", "username")),
  knows: [...Object.values(fields).flat(), "userId", "otp", "uid", "account_id", "mail", "loginsCount"],
  person: (record) => {
    if (isMigration(record.value)) {
      return {
        fields: readFields(record, {
          externalId: "uid",
          nickname: "nickname",
          username: "account_id",
          email: "mail",
          emailVerified: "emailVerified",
          phone: "phone",
          passwordHash: "password",
        }),
      };
    }
    // An element of import-otp, which knows people by Authing's own id.
    if (!isEmpty(inside(record, "userId").value)) return undefined;
    return { fields: readFields(record, fields) };
  },
  identities: (record) =>
    readFields(
      record,
      isMigration(record.value)
        ? { externalId: "uid", username: "account_id", email: "mail", phone: "phone" }
        : {
            userId: "userId",
            externalId: "externalId",
            email: "email",
            phone: "phone",
            username: "username",
          },
    ),
  factors: (record) => {
    const secret = inside(record, "otp.secret");
    if (isEmpty(secret.value)) return [];
    return [factor(present({ secret, recoveryCode: inside(record, "otp.recoveryCode") }))];
  },
});

function isMigration(values: unknown): boolean {
  return (
    isObject(values) &&
    Object.hasOwn(values, "uid") &&
    ["account_id", "loginsCount"].some((name) => Object.hasOwn(values, name))
  );
}
