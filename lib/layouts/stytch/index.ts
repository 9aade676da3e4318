import { isEmpty, type Read } from "#lib/fields/read.ts";
import { otherEmails, otherFactors, otherPhones } from "#lib/layouts/choices.ts";
import { has, hasOneOf, names, productLayout } from "#lib/layouts/product.ts";
import { inside, isObject, items, present, readFields, textOf, wordOf } from "#lib/layouts/record.ts";

/**
 * Stytch's users and members (its search, and stytch-node-export-users), and TOTP secrets as its `totp/migrate` takes them:
 * `{member_id, secret, recovery_codes}`. Its own exports hold no seeds and no hashes.
 */
export default productLayout({
  name: "stytch",
  title: "Stytch users, members and TOTP migrations",
  lists: ["[]", "results", "members"],
  recognizes: (sample) =>
    has(sample, "member_id", "organization_id") ||
    (has(sample, "user_id") && hasOneOf(sample, "totps", "crypto_wallets", "biometric_registrations")),
  knows: names(
    "user_id member_id external_id email_address emails phone_numbers mfa_phone_number name",
    "status totps secret recovery_codes",
    // What only Stytch needs.
    "organization_id created_at updated_at providers crypto_wallets password is_locked",
    "webauthn_registrations biometric_registrations lock_created_at lock_expires_at",
  ),
  person: (record) => {
    if (!isEmpty(inside(record, "secret").value)) return undefined;
    const emails = items(inside(record, "emails"));
    const phones = items(inside(record, "phone_numbers"));
    const at = (all: readonly Read[], name: string) => all.map((each) => inside(each, name));
    const [email] = at(emails, "email");
    const [phone] = at(phones, "phone_number");
    const name = inside(record, "name");
    return {
      fields: present({
        ...readFields(record, {
          externalId: ["external_id", "user_id", "member_id"],
          email: "email_address",
          phone: "mfa_phone_number",
          familyName: "name.last_name",
          givenName: "name.first_name",
          middleName: "name.middle_name",
        }),
        // A user's name has parts; a member's is text.
        ...(!isObject(name.value) && !/^\s*\{/.test(textOf(name.value)) && { name }),
        ...(email && { email, emailVerified: emails[0] && inside(emails[0], "verified") }),
        ...(phone && { phone, phoneVerified: phones[0] && inside(phones[0], "verified") }),
        ...statusOf(inside(record, "status")),
      }),
      notes: [
        ...otherEmails(at(emails, "email"), email),
        ...otherPhones(at(phones, "phone_number"), phone),
        ...otherFactors(items(inside(record, "totps"))),
      ],
    };
  },
  identities: { externalId: ["external_id", "user_id", "member_id"] },
  factors: { fields: { secret: "secret" }, recoveryCodes: "recovery_codes" },
});

/** A pending or invited person has an account that was not used yet. */
function statusOf(status: Read) {
  const words: Readonly<Record<string, string>> = { active: "active", deleted: "archived" };
  const word = wordOf(status);
  if (word === "pending" || word === "invited") return {};
  return { status: { value: Object.hasOwn(words, word) ? words[word] : status.value, path: status.path } };
}
