import { isEmpty, type Read } from "#lib/fields/read.ts";
import { otherFactors } from "#lib/layouts/choices.ts";
import { hasOneOf, names, productLayout } from "#lib/layouts/product.ts";
import { firstOf, inside, isObject, present, readFields } from "#lib/layouts/record.ts";

/** Users as Authgear imports them (https://docs.authgear.com/admin/user-import). */
export default productLayout({
  name: "authgear",
  title: "Authgear user import",
  lists: ["records"],
  recognizes: ({ list, ...sample }) =>
    list === "records" &&
    hasOneOf(sample, "preferred_username", "email", "phone_number") &&
    (isObject(sample.values?.["mfa"]) ||
      isObject(sample.values?.["password"]) ||
      hasOneOf(sample, "custom_attributes", "phone_number_verified", "email_verified")),
  knows: names(
    "sub preferred_username email email_verified phone_number phone_number_verified name family_name",
    "given_name middle_name nickname profile picture website gender birthdate zoneinfo locale address",
    "disabled groups password mfa",
  ),
  person: (record) => {
    const factorPhone = inside(record, "mfa.phone_number");
    const factorEmail = inside(record, "mfa.email");
    const plain = firstOf(record, "password.password", "password");
    return {
      fields: present({
        ...readFields(record, {
          externalId: "sub",
          username: "preferred_username",
          email: "email",
          emailVerified: "email_verified",
          phone: "phone_number",
          phoneVerified: "phone_number_verified",
          name: "name",
          familyName: "family_name",
          givenName: "given_name",
          middleName: "middle_name",
          nickname: "nickname",
          profile: "profile",
          photo: "picture",
          website: "website",
          gender: "gender",
          birthdate: "birthdate",
          zoneinfo: "zoneinfo",
          locale: "locale",
          formatted: "address.formatted",
          streetAddress: "address.street_address",
          city: "address.locality",
          province: "address.region",
          postalCode: "address.postal_code",
          country: "address.country",
          accountDisabled: "disabled",
          departments: "groups",
          passwordHash: "password.password_hash",
        }),
        password: isObject(plain.value) ? undefined : plain,
      }),
      notes: otherFactors([factorEmail, factorPhone].filter(isFilled)),
    };
  },
  factors: { at: "mfa.totp", fields: { secret: "secret" } },
});

const isFilled = ({ value }: Read) => !isEmpty(value);
