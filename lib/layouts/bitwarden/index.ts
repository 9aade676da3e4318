import { isEmpty, type Read } from "#lib/fields/read.ts";
import { accountOf, note } from "#lib/layouts/choices.ts";
import { factor, has, names, productLayout } from "#lib/layouts/product.ts";
import { firstOf, textOf } from "#lib/layouts/record.ts";

/** Bitwarden's export, JSON and CSV (https://bitwarden.com/help/condition-bitwarden-import/): the TOTP secrets of its logins, never their passwords. */
export default productLayout({
  name: "bitwarden",
  title: "Bitwarden export",
  lists: ["items"],
  hides: [
    "notes",
    "fields",
    "value",
    "number",
    "code",
    "ssn",
    "key",
    "keyValue",
    "passportNumber",
    "licenseNumber",
  ],
  columns: ["login_username", "login_password", "login_totp"],
  recognizes: (sample) =>
    has(sample, "login_totp") || (sample.list === "items" && has(sample, "type", "name")),
  knows: names(
    "login login_username login_totp",
    // What is no TOTP secret of a person.
    "id organizationId folderId collectionIds collections folder favorite type reprompt name",
    "notes fields login_uri login_password passwordHistory revisionDate creationDate deletedDate",
    "card identity secureNote sshKey key archivedDate",
  ),
  identities: (record) => accountOf(firstOf(record, "login_username", "login.username")),
  factors: (record) => {
    const secret = firstOf(record, "login_totp", "login.totp");
    if (isEmpty(secret.value)) return [];
    const written = textOf(secret.value);
    // Bitwarden's own scheme for codes of Steam.
    const type: Read | undefined = /^\s*steam:/i.test(written)
      ? { value: "steam", path: secret.path }
      : undefined;
    const part = factor({ secret, ...(type && { type }) });
    // `2.<iv>|<data>|<mac>`
    return [
      /^\d\.[A-Za-z0-9+/=]+\|/.test(written)
        ? { ...part, problems: [note("secret-encrypted", secret)] }
        : part,
    ];
  },
});
