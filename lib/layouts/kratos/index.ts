import { isEmpty, type Read } from "#lib/fields/read.ts";
import { otherFactors } from "#lib/layouts/choices.ts";
import { factor, has, hasOneOf, names, productLayout } from "#lib/layouts/product.ts";
import { firstOf, inside, isObject, items, present, readFields, wordOf } from "#lib/layouts/record.ts";

/**
 * Identities of Ory Kratos: its Admin API with `include_credential`, and files for `ory import identities`. What traits mean is up to the
 * schema of a deployment; those here are of Ory's own schemas, others are for `columns` of the configuration.
 */
export default productLayout({
  name: "kratos",
  title: "Ory Kratos identities",
  lists: ["identities", "[]"],
  hides: ["code"],
  recognizes: (sample) =>
    has(sample, "traits") && hasOneOf(sample, "credentials", "schema_id", "verifiable_addresses"),
  knows: names(
    "id external_id traits state verifiable_addresses credentials",
    // What only Kratos needs.
    "schema_id schema_url recovery_addresses state_changed_at created_at updated_at",
  ),
  person: (record) => {
    const email = firstOf(record, "traits.email", "traits.emails[0]");
    const phone = firstOf(record, "traits.phone", "traits.phone_number", "traits.phones[0]");
    const name = inside(record, "traits.name");
    return {
      fields: present({
        ...readFields(record, {
          externalId: ["external_id", "id"],
          username: "traits.username",
          familyName: ["traits.name.last", "traits.family_name", "traits.last_name"],
          givenName: ["traits.name.first", "traits.given_name", "traits.first_name"],
          nickname: "traits.nickname",
          photo: "traits.picture",
          password: "credentials.password.config.password",
          passwordHash: "credentials.password.config.hashed_password",
        }),
        name: isObject(name.value) ? undefined : name,
        email,
        emailVerified: verificationOf(record, email),
        phone,
        phoneVerified: verificationOf(record, phone),
        ...statusOf(inside(record, "state")),
      }),
      notes: otherFactors(
        ["webauthn", "passkey"]
          .map((type) => inside(record, `credentials.${type}`))
          .filter(({ value }) => !isEmpty(value)),
      ),
    };
  },
  factors: (record) => {
    const secret = inside(record, "credentials.totp.config.totp_url");
    if (isEmpty(secret.value)) return [];
    const recoveryCodes = firstOf(
      record,
      "credentials.lookup_secret.config.recovery_codes",
      "credentials.lookup_secret.config.codes",
    );
    return [factor({ secret }, { recoveryCodes })];
  },
});

function verificationOf(record: Read, address: Read): Read | undefined {
  const found = items(inside(record, "verifiable_addresses")).find(
    (each) => !isEmpty(address.value) && inside(each, "value").value === address.value,
  );
  return found && inside(found, "verified");
}

function statusOf(state: Read) {
  return wordOf(state) === "active" || wordOf(state) === "inactive" ? { status: state } : {};
}
