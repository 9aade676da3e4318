import { isEmpty, type Read } from "#lib/fields/read.ts";
import type { RowProblem } from "#lib/formats/format.ts";

// A person has one e-mail address, one number and one account at Authing; products have lists.

/** What layouts of products say of a part of a record. */
type ProductCode =
  | "ban-end-ignored"
  | "email-left-out"
  | "factor-left-out"
  | "factor-unverified"
  | "json-unreadable"
  | "operation-unsupported"
  | "options-unsupported"
  | "password-hash-needs-project-key"
  | "phone-left-out"
  | "recovery-codes-unreadable"
  | "secret-encrypted"
  | "secret-settings-missing";

/** Why a part of a record is not brought, at its column or path. */
export const note = (code: ProductCode, { path }: Read): RowProblem => ({ code, column: path });

/** Notes for the addresses of a list that are not the chosen one. */
export const otherEmails = (all: readonly Read[], chosen: Read | undefined): readonly RowProblem[] =>
  others(all, chosen).map((read) => note("email-left-out", read));

/** Notes for the numbers of a list that are not the chosen one. */
export const otherPhones = (all: readonly Read[], chosen: Read | undefined): readonly RowProblem[] =>
  others(all, chosen).map((read) => note("phone-left-out", read));

function others(all: readonly Read[], chosen: Read | undefined): readonly Read[] {
  return all.filter(({ value }) => !isEmpty(value) && value !== chosen?.value);
}

/** A note for each factor that is no TOTP secret of this file: SMS, e-mail, a passkey, one whose secret the product does not export. */
export const otherFactors = (all: readonly Read[]): readonly RowProblem[] =>
  all.map((read) => note("factor-left-out", read));

/** Digits of an international number, which some products keep without its `+`. */
export function internationalPhone(read: Read): Read {
  const digits = typeof read.value === "number" ? String(read.value) : read.value;
  return typeof digits === "string" && /^[1-9]\d{6,14}$/.test(digits)
    ? { ...read, value: `+${digits}` }
    : read;
}

/** Yes where a point in time says when something was confirmed, no where it is empty; nothing where the record does not say. */
export function confirmed(at: Read, what: Read): Read | undefined {
  return at.value === undefined || isEmpty(what.value)
    ? undefined
    : { value: !isEmpty(at.value), path: at.path };
}

/** An account as authenticators and password managers name it: an address, or a user name. */
export function accountOf(account: Read): Readonly<Record<string, Read>> {
  if (isEmpty(account.value)) return {};
  return typeof account.value === "string" && account.value.includes("@")
    ? { email: account }
    : { username: account };
}
