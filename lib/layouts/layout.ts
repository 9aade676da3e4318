import type { Read } from "#lib/fields/read.ts";
import type { Headerless, RowProblem } from "#lib/formats/format.ts";

// The contract of a layout: a product's names and structure → our fields. A layout knows what the columns or keys of a product's
// export mean; how the file is written (CSV, XLSX, JSON) is a format's (lib/formats/format.ts).

/** What a record brings: a person, or a TOTP secret for one. */
export type EntryKind = "person" | "secret";

/** What the folder of an upload asks for: `incoming/users/` people and their secrets, `incoming/otp/` secrets only. */
export type UploadKindName = "users" | "otp";

/**
 * One thing that a record brings, with an outcome of its own. Fields are those of `lib/layouts/fields.ts`: of a secret, the ones that
 * identify the person and `secret`, `recoveryCode`, `type`, `algorithm`, `digits`, `period`, `counter`.
 */
export interface Entry {
  readonly kind: EntryKind;
  /** Which part of the record it is, in the record's own words: `otp 2`, `key 1`. Absent: the record itself. */
  readonly part?: string;
  /** Our field → what the record has there, and the column or path by which the person who mends the file finds it. */
  readonly fields: Readonly<Record<string, Read>>;
  /** Why it cannot be brought, beyond what the fields say. */
  readonly problems?: readonly RowProblem[];
  /** What was left out or chosen, e.g. the second of two numbers. */
  readonly notes?: readonly RowProblem[];
}

/** Whether a field of a person is one that a secret names its owner by. */
export const isIdentity = (field: string): boolean =>
  ["userId", "externalId", "username", "email", "phone", "phoneCountryCode"].includes(field);

/** A record from the beginning of a file, by which layouts recognise theirs. */
export interface Sample {
  /** The columns as the file writes them; `undefined` where every record names its own. */
  readonly columns: readonly string[] | undefined;
  /** `undefined` in a file without a record that can be read. */
  readonly values: Readonly<Record<string, unknown>> | undefined;
  /** Which of the `lists` the records are in. */
  readonly list?: string;
}

/** Settings of the configuration that the meaning of a record depends on. */
export interface LayoutSettings {
  /** Column or path of the file → our field, or `customData.<field>`; goes before what layouts say. */
  readonly columns: Readonly<Record<string, string>>;
  /** How FusionAuth's secrets are written: `base64`, or `text` for those of installations before 1.26. */
  readonly fusionauthSecret: "base64" | "text";
  /** The layout of files, by its name, where the deployment says it; `plain` for names of columns. Goes before what is recognised. */
  readonly layout?: string;
}

/** What a product writes beside a list of records. */
interface Around {
  /** Names of members of the document. */
  readonly names: readonly string[];
  /** A record that says by itself what those members say of it: so it can be mended and uploaded without them. Pure and total. */
  into(
    values: Readonly<Record<string, unknown>>,
    around: Readonly<Record<string, unknown>>,
  ): Readonly<Record<string, unknown>>;
}

/** The layout of a product's files: one definition object. */
export interface Layout {
  /** Its folder: lower case, digits and dashes. */
  readonly name: string;
  /** How people call such a file, e.g. `Keycloak realm export`. */
  readonly title: string;
  /** Where its records are in a JSON document: `users`, `[].users`; `[]` for the document's own list. */
  readonly lists?: readonly string[];
  /** What stands beside the list of the records in a JSON document, and says something of each of them. */
  readonly around?: Around;
  /** Its CSV without a header. */
  readonly headerless?: Headerless;
  /** Names of columns by which a header is found, as the product writes them. */
  readonly columns?: readonly string[];
  /** Names of columns or keys, at any depth, that hold secrets and do not look so: results never show them. */
  readonly hides?: readonly string[];
  /** Names of columns or keys, at any depth, that look as if they held secrets and hold none. */
  readonly shows?: readonly string[];
  /** Whether a file is of this product, by what only this product writes. */
  recognizes(sample: Sample): boolean;
  /**
   * Names of columns or keys of the first level that are read, or are left out on purpose, as the product writes them; others are told
   * as unused. A function is given all columns of the file, or of the record. `undefined`: all.
   */
  readonly knows?: readonly string[] | ((columns: readonly string[]) => (column: string) => boolean);
  /** Why files of this product are refused as a whole, and what to do instead. */
  readonly refusal?: { readonly reason: "duo-tokens" | "yubikey-log"; readonly hint: string };
  /**
   * What a record brings, in its order; none, for a record that is not about a person of this kind of upload, e.g. one without a secret
   * in a file of secrets. Pure, and total over any values.
   */
  entries(
    values: Readonly<Record<string, unknown>>,
    kind: UploadKindName,
    settings: LayoutSettings,
  ): readonly Entry[];
}

/** Checks a layout's definition by its types. */
export const defineLayout = <Definition extends Layout>(layout: Definition): Definition => layout;
