import { getCountryCallingCode, isSupportedCountry } from "libphonenumber-js/mobile";
import type { Read } from "#lib/fields/read.ts";
import { has, hasOneOf, names, productLayout } from "#lib/layouts/product.ts";
import { inside, present, readFields, saysYes, textOf, wordOf } from "#lib/layouts/record.ts";

/** Casdoor's users, as its JSON and its workbook for uploads have them (https://casdoor.org/docs/user/overview). */
export default productLayout({
  name: "casdoor",
  title: "Casdoor users",
  lists: ["[]", "users", "data"],
  shows: ["passwordType"],
  recognizes: (sample) =>
    has(sample, "owner", "name") &&
    hasOneOf(
      sample,
      "signupApplication",
      "signup_application",
      "passwordType",
      "password_type",
      "isForbidden",
      "is_forbidden",
    ),
  knows: names(
    "id externalId displayName firstName lastName avatar email emailVerified region gender birthday",
    "homepage affiliation language idCard totpSecret recoveryCodes",
    "name phone countryCode password passwordType passwordSalt isForbidden isDeleted",
    // What only Casdoor needs.
    "owner createdTime updatedTime type signupApplication hash preHash score karma ranking",
    "isDefaultAvatar isOnline isAdmin avatarType permanentAvatar createdIp lastSigninTime lastSigninIp",
    "preferredMfaType mfaEmailEnabled mfaPhoneEnabled",
  ),
  person: (record) => ({
    fields: present({
      ...readFields(record, {
        externalId: ["externalId", "id"],
        username: "name",
        name: "displayName",
        familyName: "lastName",
        givenName: "firstName",
        email: "email",
        emailVerified: "emailVerified",
        phone: "phone",
        photo: "avatar",
        gender: "gender",
        birthdate: "birthday",
        website: "homepage",
        company: "affiliation",
        locale: "language",
        country: "region",
        identityNumber: "idCard",
      }),
      phoneCountryCode: callingCode(inside(record, "countryCode"), inside(record, "phone")),
      ...statusOf(record),
      ...passwordOf(record),
    }),
  }),
  factors: { fields: { secret: "totpSecret" }, recoveryCodes: "recoveryCodes" },
});

/** Casdoor writes the country of a number as ISO 3166 has it. */
function callingCode(country: Read, phone: Read): Read | undefined {
  const code = textOf(country.value).trim().toUpperCase();
  if (textOf(phone.value) === "" || textOf(phone.value).startsWith("+") || !isSupportedCountry(code))
    return undefined;
  return { value: `+${getCountryCallingCode(code)}`, path: country.path };
}

function statusOf(record: Read): Readonly<Record<string, Read>> {
  const deleted = inside(record, "isDeleted");
  return saysYes(deleted)
    ? { status: { value: "archived", path: deleted.path } }
    : { accountDisabled: inside(record, "isForbidden") };
}

/** Without a type the organization's applies, which is not in the file; so only `plain` is a password. */
function passwordOf(record: Read): Readonly<Record<string, Read>> {
  const password = inside(record, "password");
  return wordOf(inside(record, "passwordType")) === "plain" ? { password } : { passwordHash: password };
}
