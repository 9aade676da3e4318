import { isEmpty } from "#lib/fields/read.ts";
import { otherEmails, otherFactors } from "#lib/layouts/choices.ts";
import { has, productLayout } from "#lib/layouts/product.ts";
import {
  firstOf,
  inside,
  isObject,
  items,
  present,
  readFields,
  recordOf,
  saysYes,
} from "#lib/layouts/record.ts";

/** Hanko's export of users (`hanko user export`, its JSON schema is in backend/json_schema of teamhanko/hanko). */
export default productLayout({
  name: "hanko",
  title: "Hanko users",
  lists: ["[]"],
  recognizes: (sample) =>
    isObject(sample.values?.["otp_secret"]) ||
    Array.isArray(sample.values?.["webauthn_credentials"]) ||
    (has(sample, "user_id", "created_at") &&
      items(inside(recordOf(sample.values), "emails")).some(
        (each) => inside(each, "address").value !== undefined,
      )),
  knows: ["user_id", "emails", "username", "password", "webauthn_credentials", "created_at", "updated_at"],
  person: (record) => {
    const emails = items(inside(record, "emails"));
    const primary = emails.find((each) => saysYes(inside(each, "is_primary"))) ?? emails[0];
    const email = primary && inside(primary, "address");
    const username = firstOf(record, "username.username", "username");
    return {
      fields: present({
        ...readFields(record, { externalId: "user_id", passwordHash: "password.password" }),
        ...(typeof username.value === "string" && { username }),
        email,
        emailVerified: primary && inside(primary, "is_verified"),
      }),
      notes: [
        ...otherEmails(
          emails.map((each) => inside(each, "address")),
          email,
        ),
        ...otherFactors(items(inside(record, "webauthn_credentials")).filter(({ value }) => !isEmpty(value))),
      ],
    };
  },
  factors: { at: "otp_secret", fields: { secret: "secret" } },
});
