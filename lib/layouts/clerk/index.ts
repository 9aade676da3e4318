import { isEmpty, type Read } from "#lib/fields/read.ts";
import { otherEmails, otherPhones } from "#lib/layouts/choices.ts";
import { hasOneOf, names, productLayout } from "#lib/layouts/product.ts";
import { firstOf, inside, items, present, readFields } from "#lib/layouts/record.ts";

/** Clerk's export of users, CSV and JSON (https://clerk.com/docs/guides/development/migrating/overview). */
export default productLayout({
  name: "clerk",
  title: "Clerk users",
  lists: ["[]"],
  shows: ["password_hasher", "backup_codes_enabled"],
  columns: ["primary_email_address", "primary_phone_number"],
  recognizes: (sample) =>
    hasOneOf(sample, "primary_email_address", "primary_phone_number") &&
    hasOneOf(sample, "verified_email_addresses", "verified_phone_numbers", "password_hasher", "totp_secret"),
  knows: names(
    "external_id id username first_name last_name banned image_url password_digest",
    "password_hasher backup_codes_enabled created_at updated_at last_sign_in_at",
    "primary_email_address verified_email_addresses unverified_email_addresses",
    "primary_phone_number verified_phone_numbers unverified_phone_numbers",
  ),
  person: (record) => {
    const emails = valuesOf(record, "email_addresses");
    const phones = valuesOf(record, "phone_numbers");
    const email = chosen(record, "primary_email_address", emails.all);
    const phone = chosen(record, "primary_phone_number", phones.all);
    return {
      fields: present({
        ...readFields(record, {
          externalId: ["external_id", "id"],
          username: "username",
          givenName: "first_name",
          familyName: "last_name",
          photo: "image_url",
          accountDisabled: "banned",
          passwordHash: "password_digest",
        }),
        email,
        emailVerified: isAmong(emails.verified, email),
        phone,
        phoneVerified: isAmong(phones.verified, phone),
      }),
      notes: [...otherEmails(emails.all, email), ...otherPhones(phones.all, phone)],
    };
  },
  factors: { fields: { secret: "totp_secret" }, recoveryCodes: "backup_codes" },
});

function valuesOf(record: Read, name: string) {
  const verified = inside(record, `verified_${name}`);
  return {
    verified,
    all: [...elementsOf(verified), ...elementsOf(inside(record, `unverified_${name}`))],
  };
}

/** A list, or a cell of CSV with the values one after the other. */
function elementsOf(list: Read): readonly Read[] {
  if (typeof list.value !== "string" || list.value.startsWith("[")) return items(list);
  return list.value
    .split(/[|,;]/)
    .map((value) => ({ value: value.trim(), path: list.path }))
    .filter(({ value }) => value !== "");
}

function chosen(record: Read, primary: string, all: readonly Read[]): Read {
  const read = firstOf(record, primary);
  return isEmpty(read.value) ? (all[0] ?? read) : read;
}

function isAmong(verified: Read, chosenOne: Read): Read | undefined {
  if (isEmpty(chosenOne.value) || verified.value === undefined) return undefined;
  return {
    value: elementsOf(verified).some(({ value }) => value === chosenOne.value),
    path: verified.path,
  };
}
