import { isEmpty, type Read } from "#lib/fields/read.ts";
import { factor, has, productLayout } from "#lib/layouts/product.ts";
import { inside, readFields } from "#lib/layouts/record.ts";

/** Authelia's export of TOTP configurations, YAML and CSV (https://www.authelia.com/reference/cli/authelia/authelia_storage_user_totp_export/). */
export default productLayout({
  name: "authelia",
  title: "Authelia TOTP configurations",
  lists: ["totp_configurations"],
  recognizes: (sample) =>
    sample.list === "totp_configurations" ||
    (sample.columns?.length === 6 &&
      has(sample, "issuer", "username", "algorithm", "digits", "period", "secret")),
  // What only Authelia needs.
  knows: ["username", "issuer", "secret", "algorithm", "digits", "period", "created_at", "last_used_at"],
  identities: { username: "username" },
  factors: (record) => {
    const fields = readFields(record, {
      secret: "secret",
      algorithm: "algorithm",
      digits: "digits",
      period: "period",
    });
    return isEmpty(fields["secret"]?.value) ? [] : [factor(fields, { encoding: encodingOf(record) })];
  },
});

/** The YAML has the base32 text as binary, in base64; only it says when a configuration was made. */
const encodingOf = (record: Read) =>
  inside(record, "created_at").value === undefined ? "base32" : "base64-of-base32";
