import { isEmpty, type Read } from "#lib/fields/read.ts";
import { confirmed, internationalPhone, note } from "#lib/layouts/choices.ts";
import { factor, has, hasOneOf, names, productLayout, type Part } from "#lib/layouts/product.ts";
import { inside, isObject, present, readFields, wordOf } from "#lib/layouts/record.ts";

/**
 * Supabase's tables `auth.users` and `auth.mfa_factors`, CSV and JSON, and the users of its Admin API. A record of the second table is a
 * factor of `user_id`.
 */
export default productLayout({
  name: "supabase",
  title: "Supabase users and factors",
  lists: ["users", "[]"],
  hides: ["data", "nonce"],
  recognizes: (sample) =>
    has(sample, "user_id", "factor_type", "secret") ||
    // Devise of Ruby on Rails has encrypted_password too.
    (has(sample, "id", "encrypted_password") && hasOneOf(sample, "email_confirmed_at", "instance_id")) ||
    has(sample, "id", "raw_user_meta_data") ||
    has(sample, "id", "aud", "user_metadata"),
  knows: names(
    "id email email_confirmed_at phone phone_confirmed_at encrypted_password banned_until",
    "deleted_at user_id factor_type status secret confirmed_at",
    // What only Supabase needs.
    "instance_id aud role created_at updated_at last_sign_in_at invited_at friendly_name",
    "confirmation_token confirmation_sent_at recovery_token recovery_sent_at reauthentication_token",
    "reauthentication_sent_at email_change email_change_token_new email_change_token_current",
    "email_change_sent_at email_change_confirm_status phone_change phone_change_token",
    "phone_change_sent_at is_super_admin is_sso_user is_anonymous last_challenged_at",
    "web_authn_credential web_authn_aaguid",
  ),
  person: (record) => {
    if (isFactor(record)) return undefined;
    const email = inside(record, "email");
    const phone = internationalPhone(inside(record, "phone"));
    return {
      fields: present({
        ...readFields(record, {
          externalId: "id",
          passwordHash: "encrypted_password",
          name: [
            "raw_user_meta_data.full_name",
            "raw_user_meta_data.name",
            "user_metadata.full_name",
            "user_metadata.name",
          ],
          photo: ["raw_user_meta_data.avatar_url", "user_metadata.avatar_url"],
        }),
        email,
        emailVerified: confirmed(inside(record, "email_confirmed_at"), email),
        phone,
        phoneVerified: confirmed(inside(record, "phone_confirmed_at"), phone),
        ...statusOf(record),
      }),
      notes: isBanned(record) ? [note("ban-end-ignored", inside(record, "banned_until"))] : [],
    };
  },
  identities: (record) =>
    isFactor(record)
      ? readFields(record, { externalId: "user_id" })
      : readFields(record, { externalId: "id", email: "email" }),
  factors: (record) => {
    const type = inside(record, "factor_type");
    if (!isFactor(record) || wordOf(type) !== "totp") return [];
    const secret = asText(inside(record, "secret"));
    const status = inside(record, "status");
    const problems = wordOf(status) === "verified" ? [] : [note("factor-unverified", status)];
    return [{ ...factor({ secret, type }), problems } satisfies Part];
  },
});

/** Encrypted secrets are JSON, `{"key_id", "alg", "data", "nonce"}`: text in the table, which is refused as encrypted, and so is an object. */
const asText = (secret: Read): Read => (isObject(secret.value) ? { ...secret, value: "{}" } : secret);
const isFactor = (record: Read) => !isEmpty(inside(record, "factor_type").value);
const isBanned = (record: Read) => !["", "none"].includes(wordOf(inside(record, "banned_until")));

/** A ban is taken as lasting: layouts know no time, and an account that should be closed is never opened. */
function statusOf(record: Read): Readonly<Record<string, Read>> {
  const deleted = inside(record, "deleted_at");
  if (!isEmpty(deleted.value)) return { status: { value: "archived", path: deleted.path } };
  const banned = inside(record, "banned_until");
  return isBanned(record) ? { accountDisabled: { value: true, path: banned.path } } : {};
}
