import { isEmpty } from "#lib/fields/read.ts";
import { note, otherFactors } from "#lib/layouts/choices.ts";
import { hasOneOf, names, productLayout } from "#lib/layouts/product.ts";
import { inside, items, readFields } from "#lib/layouts/record.ts";

const providers = (...names: readonly string[]) =>
  names.flatMap((name) => ["Id", "Email", "DisplayName", "PhotoUrl"].map((field) => `${name}${field}`));

/** Columns of the CSV, which has no header (https://firebase.google.com/docs/cli/auth#file_format). */
const columns = [
  "localId",
  "email",
  "emailVerified",
  "passwordHash",
  "salt",
  "displayName",
  "photoUrl",
  ...providers("google", "facebook", "twitter", "github"),
  "createdAt",
  "lastLoginAt",
  "phoneNumber",
  "disabled",
  "customAttributes",
  ...providers("provider5", "provider6", "provider7", "provider8", "provider9", "provider10"),
];

/**
 * Users of `firebase auth:export`, JSON and CSV. Seeds of authenticators are never exported, and a password cannot be checked without the
 * keys of the project, which are not in the file.
 */
export default productLayout({
  name: "firebase",
  title: "Firebase users (auth:export)",
  lists: ["users"],
  headerless: {
    columns,
    recognizes: (records) => records.length > 0 && records.every(isOfExport),
  },
  recognizes: (sample) => hasOneOf(sample, "localId"),
  json: ["mfaInfo"],
  knows: names(
    "localId email emailVerified displayName photoUrl phoneNumber disabled",
    "passwordHash salt mfaInfo",
    // What only Firebase needs, and accounts at other providers.
    "createdAt lastLoginAt lastSignedInAt lastRefreshAt validSince version passwordUpdatedAt",
    "providerUserInfo",
    ...columns.filter(
      (name) => /(?:Id|Email|Name|Url)$/.test(name) && !/^(?:local|display|photo)/.test(name),
    ),
  ),
  person: (record) => {
    const hash = inside(record, "passwordHash");
    return {
      fields: readFields(record, {
        externalId: "localId",
        email: "email",
        emailVerified: "emailVerified",
        phone: "phoneNumber",
        name: "displayName",
        photo: "photoUrl",
        accountDisabled: "disabled",
      }),
      notes: [
        ...(isEmpty(hash.value) ? [] : [note("password-hash-needs-project-key", hash)]),
        ...otherFactors(items(inside(record, "mfaInfo"))),
      ],
    };
  },
});

function isOfExport(cells: readonly string[]): boolean {
  const [localId = "", email = "", emailVerified = ""] = cells;
  const [createdAt = "", lastLoginAt = "", , disabled = ""] = cells.slice(columns.indexOf("createdAt"));
  return (
    cells.length >= 24 &&
    cells.length <= columns.length &&
    /^[^@\s]{1,128}$/.test(localId) &&
    (email === "" || email.includes("@")) &&
    isFlag(emailVerified) &&
    /^\d{0,15}$/.test(createdAt) &&
    /^\d{0,15}$/.test(lastLoginAt) &&
    isFlag(disabled)
  );
}

const isFlag = (cell: string) => ["", "true", "false"].includes(cell);
