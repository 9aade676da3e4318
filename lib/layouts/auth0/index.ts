import { auth0Hash } from "#lib/fields/hash-forms.ts";
import { isEmpty, type Read } from "#lib/fields/read.ts";
import { otherFactors } from "#lib/layouts/choices.ts";
import { foldedHash, noPassword, type PasswordPart } from "#lib/layouts/hashes.ts";
import type { Sample } from "#lib/layouts/layout.ts";
import { factor, has, hasOneOf, names, productLayout, type Part } from "#lib/layouts/product.ts";
import { inside, isObject, items, present, readFields, textOf } from "#lib/layouts/record.ts";

/**
 * Auth0's users: exports (NDJSON, or CSV with `'` before every text), files for its bulk import
 * (https://auth0.com/docs/manage-users/user-migration/bulk-user-import-database-schema-and-examples), and the hashes that its support hands out.
 */
export default productLayout({
  name: "auth0",
  title: "Auth0 users",
  lists: ["[]"],
  hides: ["value"],
  // How a hash was made, and when.
  shows: names("encoding digest position cost blockSize parallelization keylen last_password_reset $date"),
  recognizes,
  json: ["mfa_factors"],
  knows: names(
    "user_id email email_verified username phone_number phone_verified name nickname",
    "given_name family_name picture blocked mfa_factors password_hash custom_password_hash",
    "_id emailVerified passwordHash",
    // What only Auth0 needs.
    "created_at updated_at last_login last_ip logins_count last_password_reset multifactor",
    "tenant connection password_set_date __v",
  ),
  person: (written) => {
    const record = unquoted(written);
    const { factorEmail, factorPhone, others } = factorsOf(record);
    const fields = readFields(record, {
      email: "email",
      emailVerified: ["email_verified", "emailVerified"],
      username: "username",
      phone: "phone_number",
      phoneVerified: "phone_verified",
      name: "name",
      nickname: "nickname",
      givenName: "given_name",
      familyName: "family_name",
      photo: "picture",
      accountDisabled: "blocked",
      passwordHash: ["password_hash", "passwordHash"],
    });
    const password = fields["passwordHash"] === undefined ? customPassword(record) : noPassword;
    return {
      fields: present({
        ...fields,
        externalId: idOf(record),
        email: fields["email"] ?? factorEmail,
        phone: fields["phone"] ?? factorPhone,
        ...password.fields,
      }),
      problems: password.problems,
      notes: otherFactors(others),
    };
  },
  identities: (written) => {
    const record = unquoted(written);
    return present({
      ...readFields(record, { email: "email", username: "username", phone: "phone_number" }),
      externalId: idOf(record),
    });
  },
  factors: (written) => factorsOf(unquoted(written)).seeds,
});

function recognizes(sample: Sample): boolean {
  if (hasOneOf(sample, "mfa_factors", "custom_password_hash")) return true;
  const { values = {} } = sample;
  // The connection before the bar: `auth0|…`, `google-oauth2|…`.
  if (/^'?[A-Za-z0-9-]{1,128}\|/.test(textOf(values["user_id"]))) return true;
  if (isObject(values["_id"]) && hasOneOf(sample, "passwordHash", "tenant")) return true;
  // Supabase has the same names beside an audience.
  return (
    has(sample, "email", "user_metadata") &&
    hasOneOf(sample, "email_verified", "blocked") &&
    !has(sample, "aud")
  );
}

/** The whole `auth0|…`. The export of hashes has its second half only. */
function idOf(record: Read): Read {
  const objectId = inside(record, "_id.$oid");
  return typeof objectId.value === "string"
    ? { value: `auth0|${objectId.value}`, path: objectId.path }
    : inside(record, "user_id");
}

function customPassword(record: Read): PasswordPart {
  const custom = inside(record, "custom_password_hash");
  const hash = inside(custom, "hash.value");
  return isEmpty(custom.value) ? noPassword : foldedHash(hash, auth0Hash(custom.value), custom);
}

function factorsOf(record: Read) {
  const all = items(inside(record, "mfa_factors"));
  const at = (path: string) => all.map((each) => inside(each, path)).filter(({ value }) => !isEmpty(value));
  const secrets = at("totp.secret");
  const [phones, emails] = [at("phone.value"), at("email.value")];
  return {
    // Auth0 holds seeds of SHA-1, 6 digits and 30 seconds only, and imports no recovery codes.
    seeds: secrets.map((secret): Part => factor({ secret })),
    factorPhone: phones[0],
    factorEmail: emails[0],
    others: [...phones, ...emails],
  };
}

/** A row of the CSV without the `'` that Auth0 writes before every text, by the id, which never begins with one. */
function unquoted(record: Read): Read {
  const { value } = record;
  const isQuoted = ["user_id", "email"].some((name) => isQuotedText(inside(record, name).value));
  if (!isQuoted || !isObject(value)) return record;
  return {
    ...record,
    value: Object.fromEntries(
      Object.entries(value).map(([name, cell]) => [name, isQuotedText(cell) ? cell.slice(1) : cell]),
    ),
  };
}

const isQuotedText = (cell: unknown): cell is string => typeof cell === "string" && cell.startsWith("'");
