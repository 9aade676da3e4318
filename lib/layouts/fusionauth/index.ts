import { fusionAuthHash } from "#lib/fields/hash-forms.ts";
import { isEmpty, type Read } from "#lib/fields/read.ts";
import { note, otherFactors } from "#lib/layouts/choices.ts";
import { foldedHash, plainPassword, type PasswordPart } from "#lib/layouts/hashes.ts";
import type { LayoutSettings, Sample } from "#lib/layouts/layout.ts";
import { factor, has, hasOneOf, names, productLayout, type Part } from "#lib/layouts/product.ts";
import { inside, items, readFields, recordOf, wordOf } from "#lib/layouts/record.ts";

/** FusionAuth's users, as its import and its search write them (https://fusionauth.io/docs/apis/users#import-users). */
export default productLayout({
  name: "fusionauth",
  title: "FusionAuth users",
  lists: ["users", "[]"],
  // Of its import: how the passwords of all its users were hashed.
  around: {
    names: ["encryptionScheme", "factor"],
    into: (values, around) => ({ ...around, ...filled(values) }),
  },
  recognizes,
  json: ["twoFactor.methods"],
  knows: names(
    "id username email verified mobilePhone firstName middleName lastName fullName",
    "birthDate imageUrl timezone preferredLanguages active passwordChangeRequired",
    "password encryptionScheme factor salt",
    "twoFactor twoFactorEnabled twoFactorSecret twoFactorDelivery",
    // What only FusionAuth needs.
    "insertInstant lastLoginInstant lastUpdateInstant passwordLastUpdateInstant tenantId",
    "usernameStatus uniqueUsername verifiedInstant breachedPasswordStatus connectorId cleanSpeakId",
  ),
  person: (record) => {
    const password = passwordOf(record);
    return {
      fields: {
        ...readFields(record, {
          externalId: "id",
          username: "username",
          email: "email",
          emailVerified: "verified",
          phone: "mobilePhone",
          givenName: "firstName",
          middleName: "middleName",
          familyName: "lastName",
          name: "fullName",
          birthdate: "birthDate",
          photo: "imageUrl",
          zoneinfo: "timezone",
          locale: "preferredLanguages[0]",
          accountEnabled: "active",
          resetPasswordOnFirstLogin: "passwordChangeRequired",
        }),
        ...password.fields,
      },
      problems: password.problems,
      notes: otherFactors(
        items(inside(record, "twoFactor.methods")).filter(
          (each) => wordOf(inside(each, "method")) !== "authenticator",
        ),
      ),
    };
  },
  factors: (record, settings) => {
    const methods = items(inside(record, "twoFactor.methods"));
    const recoveryCodes = inside(record, "twoFactor.recoveryCodes");
    const found = methods
      .filter((each) => wordOf(inside(each, "method")) === "authenticator")
      .map((each, index) =>
        factor(
          {
            secret: inside(each, "secret"),
            ...readFields(each, {
              algorithm: "authenticator.algorithm",
              digits: "authenticator.codeLength",
              period: "authenticator.timeStep",
            }),
          },
          { encoding: settings.fusionauthSecret, ...(index === 0 && { recoveryCodes }) },
        ),
      );
    return [...found, ...oldFactor(record, settings)];
  },
});

/** Not by `twoFactorSecret` alone: many applications have a column of that name, with base32 in it. */
function recognizes(sample: Sample): boolean {
  const twoFactor = inside(recordOf(sample.values), "twoFactor");
  return (
    hasOneOf(sample, "twoFactorDelivery", "encryptionScheme") ||
    ["methods", "recoveryCodes"].some((name) => Array.isArray(inside(twoFactor, name).value)) ||
    (has(sample, "id") && hasOneOf(sample, "passwordChangeRequired", "insertInstant", "usernameStatus"))
  );
}

/** The one factor of versions before 1.26. */
function oldFactor(record: Read, settings: LayoutSettings): readonly Part[] {
  const secret = inside(record, "twoFactorSecret");
  if (isEmpty(secret.value)) return [];
  const enabled = inside(record, "twoFactorEnabled");
  const delivery = inside(record, "twoFactorDelivery");
  // The codes of TextMessage come by SMS: the person has no authenticator that makes them.
  const isDelivered = !["", "none"].includes(wordOf(delivery));
  const part = factor(
    { secret, ...(isDelivered && { type: delivery }) },
    { encoding: settings.fusionauthSecret },
  );
  return [enabled.value === false ? { ...part, problems: [note("factor-unverified", enabled)] } : part];
}

/** With a scheme or a salt, `password` is a hash; a file for the import without them holds plain passwords. */
function passwordOf(record: Read): PasswordPart {
  const password = inside(record, "password");
  const at = (name: string) => inside(record, name).value;
  const [encryptionScheme, salt, factorOfHash] = [at("encryptionScheme"), at("salt"), at("factor")];
  if (isEmpty(password.value) || (isEmpty(encryptionScheme) && isEmpty(salt))) return plainPassword(password);
  return foldedHash(
    password,
    fusionAuthHash({ encryptionScheme, factor: factorOfHash, salt, hash: password.value }),
    password,
    inside(record, "salt"),
  );
}

/** What a user says of the hash goes before what the request says of all. */
const filled = (values: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => !isEmpty(value)));
