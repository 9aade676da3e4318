import { referenceTo, type ImportOtp, type PersonReference } from "#lib/contract/change.ts";
import { assemble, email, plainIdentifier, plainText, text } from "#lib/fields/encode.ts";
import { maxExternalIdLength } from "#lib/fields/external-id.ts";
import { phone } from "#lib/fields/phone.ts";
import { isEmpty } from "#lib/fields/read.ts";
import type { RowProblem } from "#lib/formats/format.ts";
import type { SecretField } from "#lib/layouts/column-names.ts";
import { readSecret, settingProblems } from "./totp-secret.ts";
import type { EntryKindTranslator } from "./entry-kind.ts";

const identityFields = ["userId", "externalId", "email", "phone", "username"] as const;
/**
 * A TOTP secret. One field identifies the person (userId, externalId, email, phone or username), one holds the secret in base32 or as an
 * `otpauth://` URI; `recoveryCode`, `type`, `algorithm`, `digits`, `period` and `counter` are optional. All but the first are only
 * checked: Authing makes codes of 6 digits from SHA-1 every 30 seconds, and any other secret would lock its owner out.
 */
export const translateSecret: EntryKindTranslator<SecretField, ImportOtp> = (read, { region }) => {
  const userId = userIdOf(read("userId").value);
  const recoveryCode = shortText(read("recoveryCode").value);
  const { person, dropped } = assemble([
    text("externalId", read("externalId"), { maxLength: maxExternalIdLength }),
    email(read("email")),
    phone(read("phone"), region, read("phoneCountryCode")),
    text("username", read("username"), { maxLength: 255 }),
  ]);
  const who: PersonReference = {
    ...(userId && { userId }),
    ...referenceTo(person),
  };
  const problems: RowProblem[] = dropped.map(({ path, problem }) => ({ column: path, code: problem }));
  if (userId === null) problems.push({ column: read("userId").path, code: "text-invalid" });
  if (identityFields.every((field) => isEmpty(read(field).value)))
    problems.push({ code: "identity-missing" });

  const written = {
    type: read("type").value,
    algorithm: read("algorithm").value,
    digits: read("digits").value,
    period: read("period").value,
  };
  for (const [setting, code] of settingProblems(written)) {
    problems.push({ column: read(setting).path, code });
  }
  const secret = readSecret(read("secret").value);
  problems.push(...secret.problems.map((code) => ({ column: read("secret").path, code })));
  if (recoveryCode === null) {
    problems.push({ column: read("recoveryCode").path, code: "recovery-code-invalid" });
  }
  if (problems.length > 0 || secret.base32 === undefined) {
    return { change: undefined, externalId: who.externalId, problems, notes: [] };
  }
  return {
    change: {
      kind: "import-otp",
      who,
      otp: {
        secret: secret.base32,
        // Unchanged: people have it on paper.
        ...(recoveryCode && { recoveryCode }),
      },
    },
    problems,
    notes: secret.notes.map((code) => ({ column: read("secret").path, code })),
  };
};

/** Authing's id of a person; `undefined` for an empty value, `null` for any value that is no id. */
function userIdOf(value: unknown): string | undefined | null {
  if (isEmpty(value)) return undefined;
  const { text: id } = plainIdentifier(value);
  return id === undefined || id.length > 255 ? null : id;
}

/** Text of at most 255 UTF-16 units, without invisible characters; `undefined` for an empty value, `null` for any other value. */
function shortText(value: unknown): string | undefined | null {
  if (isEmpty(value)) return undefined;
  const written = plainText(value);
  return written === undefined || written.length > 255 ? null : written;
}
