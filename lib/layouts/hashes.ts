import type { OneHash } from "#lib/fields/hash-forms.ts";
import { isEmpty, type Read } from "#lib/fields/read.ts";
import { removedMark } from "#lib/fields/removed.ts";
import type { RowProblem } from "#lib/formats/format.ts";
import { removedIn } from "./record.ts";

// Passwords and hashes of products: the field that each of them becomes.

/** The password of a person, or why it cannot be kept. */
export interface PasswordPart {
  readonly fields: Readonly<Record<string, Read>>;
  readonly problems: readonly RowProblem[];
}

export const noPassword: PasswordPart = { fields: {}, problems: [] };

/** A password in clear; nothing where none is written. */
export const plainPassword = (password: Read): PasswordPart =>
  isEmpty(password.value) ? noPassword : { fields: { password }, problems: [] };

/**
 * A hash that was put together of its parts; `written` is where the product has it. Of a part that was removed from an earlier result, the
 * mark: a hash with the mark in it would match no password.
 */
export function foldedHash(
  written: Read,
  { hash, problem }: OneHash,
  ...parts: readonly Read[]
): PasswordPart {
  const removed = parts.map((part) => removedIn(part)).find((read) => read !== undefined);
  if (removed) return { fields: { passwordHash: { ...removed, value: removedMark } }, problems: [] };
  return hash === undefined
    ? { fields: {}, problems: [{ code: problem, column: written.path }] }
    : { fields: { passwordHash: { value: hash, path: written.path } }, problems: [] };
}
