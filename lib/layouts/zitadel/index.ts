import { isEmpty, type Read } from "#lib/fields/read.ts";
import { factor, hasOneOf, names, productLayout } from "#lib/layouts/product.ts";
import { firstOf, inside, isObject, present, readFields, wordOf } from "#lib/layouts/record.ts";

/**
 * ZITADEL's users: `dataOrgs.orgs[].humanUsers` of its import and export of instances, and the bodies of ImportHumanUser (v1) and of the
 * user service's CreateUser (v2) (https://zitadel.com/docs/guides/migrate/users).
 */
export default productLayout({
  name: "zitadel",
  title: "ZITADEL users",
  lists: ["dataOrgs.orgs[].humanUsers", "data_orgs.orgs[].humanUsers", "humanUsers", "[]"],
  hides: ["value"],
  recognizes: ({ values = {}, list }) =>
    list?.endsWith("humanUsers") === true ||
    isObject(inside({ value: values, path: "" }, "human.profile").value) ||
    (isObject(values["profile"]) &&
      isObject(values["email"]) &&
      hasOneOf({ columns: undefined, values }, "userName")),
  knows: names(
    "userId user human userName username profile email phone password hashedPassword",
    "passwordChangeRequired otpCode totpSecret recoveryCodes",
    // What only ZITADEL needs.
    "organizationId requestPasswordlessRegistration idps idpLinks",
  ),
  person: (record) => ({
    fields: present({
      ...readFields(record, {
        externalId: "userId",
        username: ["user.userName", "userName", "human.username"],
      }),
      ...readFields(userOf(record), {
        givenName: ["profile.firstName", "profile.givenName"],
        familyName: ["profile.lastName", "profile.familyName"],
        nickname: ["profile.nickName"],
        name: "profile.displayName",
        locale: "profile.preferredLanguage",
        email: "email.email",
        emailVerified: ["email.isEmailVerified", "email.isVerified"],
        phone: "phone.phone",
        phoneVerified: ["phone.isPhoneVerified", "phone.isVerified"],
        passwordHash: ["hashedPassword.value", "hashedPassword.hash"],
        resetPasswordOnFirstLogin: [
          "passwordChangeRequired",
          "password.changeRequired",
          "hashedPassword.changeRequired",
        ],
      }),
      gender: genderOf(inside(userOf(record), "profile.gender")),
      password: plainPasswordOf(userOf(record)),
    }),
  }),
  factors: (record) => {
    const secret = firstOf(userOf(record), "otpCode", "totpSecret");
    if (isEmpty(secret.value)) return [];
    return [factor({ secret }, { recoveryCodes: inside(userOf(record), "recoveryCodes") })];
  },
});

/** The body of the import, inside a record of an organization or alone. */
function userOf(record: Read): Read {
  const found = firstOf(record, "user", "human");
  return isObject(found.value) ? found : record;
}

/** `GENDER_FEMALE` */
function genderOf(gender: Read): Read | undefined {
  const word = wordOf(gender).replace(/^gender_/, "");
  return ["female", "male"].includes(word) ? { value: word, path: gender.path } : undefined;
}

function plainPasswordOf(user: Read): Read | undefined {
  const password = firstOf(user, "password.password", "password");
  return isObject(password.value) ? undefined : password;
}
