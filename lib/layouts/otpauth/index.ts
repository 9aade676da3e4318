import { columns } from "#lib/formats/otpauth/columns.ts";
import { isEmpty } from "#lib/fields/read.ts";
import { parseOtpauth } from "#lib/formats/otpauth-uri.ts";
import { accountOf } from "#lib/layouts/choices.ts";
import { defineLayout } from "#lib/layouts/layout.ts";

/** The table of key URIs (lib/formats/otpauth/): who is meant is what the label has behind the issuer. */
export default defineLayout({
  name: "otpauth",
  title: "Key URIs and exports of Google Authenticator",
  recognizes: ({ columns: written }) =>
    written?.length === columns.length && columns.every((column) => written.includes(column)),
  hides: ["uri", "secret"],
  knows: columns,
  entries(values) {
    const read = (column: (typeof columns)[number]) => ({ value: values[column], path: column });
    const uri = read("uri");
    const settingsOfKey = {
      secret: read("secret"),
      type: read("type"),
      algorithm: read("algorithm"),
      digits: read("digits"),
      period: read("period"),
      counter: read("counter"),
    };
    // What the URI says of its codes is checked with the secret in it.
    const own = isEmpty(uri.value)
      ? { ...accountOf(read("account")), ...settingsOfKey }
      : { ...accountOf({ value: accountIn(uri.value), path: "uri" }), secret: uri };
    return [{ kind: "secret", fields: own }];
  },
});

function accountIn(uri: unknown): string | undefined {
  return typeof uri === "string" ? parseOtpauth(uri)?.account : undefined;
}
