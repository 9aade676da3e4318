import type { PasswordHashPolicy } from "#lib/contract/policies.ts";
import { encoded, nothing, refused, type Encoded } from "./encode.ts";
import { describesItself, isCutOff, isPlainInBox, isUnusablePassword } from "./password-hash.ts";
import { isEmpty, type Read } from "./read.ts";

/** In UTF-16 units. */
const maxHashLength = 1024;

/**
 * The password hash of a joiner, where the configuration keeps them: a text that says its own algorithm, e.g. bcrypt's `$2a$…`, since
 * Authing's password script gets nothing else. For `joiner` alone: Authing cannot change a password to a hash.
 *
 * Problems: `password-hash-unknown` for any other text, a plain password among them, and for a bcrypt hash that was cut off.
 */
export function passwordHash(read: Read, policy: PasswordHashPolicy | undefined): Encoded[] {
  const rule = "hash, kept";
  if (policy !== "keep") return [];
  const { value } = read;
  if (isEmpty(value) || (typeof value === "string" && isUnusablePassword(value)))
    return [nothing(read, rule)];
  const isHash =
    typeof value === "string" &&
    value.length <= maxHashLength &&
    /^[\x21-\x7e]+$/.test(value) &&
    !isPlainInBox(value) &&
    describesItself(value) &&
    !isCutOff(value);
  return [isHash ? encoded(read, rule, { password: value }) : refused(read, rule, "password-hash-unknown")];
}
