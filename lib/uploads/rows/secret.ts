import { referenceTo, type ImportOtp, type PersonReference } from "#lib/contract/change.ts";
import { assembly, type Assembly } from "#lib/fields/assembly.ts";
import { email, plainIdentifier, text } from "#lib/fields/encode.ts";
import { maxExternalIdLength } from "#lib/fields/external-id.ts";
import { phone } from "#lib/fields/phone.ts";
import { isEmpty } from "#lib/fields/read.ts";
import { holdsRemovedMark } from "#lib/fields/removed.ts";
import { settingProblems } from "#lib/fields/totp-settings.ts";
import type { RowProblem } from "#lib/formats/format.ts";
import type { SecretField } from "#lib/layouts/column-names.ts";
import type { EntryKindTranslator, EntryTranslation } from "./entry-kind.ts";
import { mendingReader, type MendingReader } from "./mending-reader.ts";
import { readRecoveryCode } from "./recovery-code.ts";
import { readSecret } from "./totp-secret.ts";

const identityFields = ["userId", "externalId", "email", "phone", "username"] as const;
/**
 * A TOTP secret. At least one field identifies the person (userId, externalId, email, phone or username), one holds the secret in base32
 * or as an `otpauth://` URI; `recoveryCode`, `type`, `algorithm`, `digits`, `period` and `counter` are optional. All but the first are only
 * checked: Authing makes codes of 6 digits from SHA-1 every 30 seconds, and any other secret would lock its owner out.
 */
export const secretTranslator: EntryKindTranslator<ImportOtp> = ({ region }) => {
  const fields = mendingReader<SecretField>();
  const identity = assembly();
  return (entry) => {
    fields.begin(entry);
    return secretOf(fields, identity, region);
  };
};

function secretOf(
  fields: MendingReader<SecretField>,
  identity: Assembly,
  region: string,
): EntryTranslation<ImportOtp> {
  const { read, written } = fields;
  const userId = userIdOf(read("userId", "identifier").value);
  identity.begin();
  identity.add(text("externalId", read("externalId", "identifier"), { maxLength: maxExternalIdLength }));
  identity.add(email(read("email", "identifier")));
  identity.add(phone(read("phone", "phone"), region, read("phoneCountryCode", "text")));
  identity.add(text("username", read("username", "identifier"), { maxLength: 255 }));
  const { person, dropped } = identity.end();
  const who: PersonReference = {
    ...(userId && { userId }),
    ...referenceTo(person),
  };
  const settings = {
    type: read("type", "text").value,
    algorithm: read("algorithm", "text").value,
    digits: read("digits", "text").value,
    period: read("period", "text").value,
    counter: read("counter", "text").value,
  };
  const problems: RowProblem[] = [
    ...fields.problems(),
    ...dropped.map(({ path, problem }) => ({ column: path, code: problem })),
  ];
  if (userId === null) problems.push({ column: written("userId").path, code: "text-invalid" });
  // The owner of a key URI may be named in it, and be removed with it.
  const isRemoved = holdsRemovedMark(written("secret").value);
  if (!isRemoved && identityFields.every((field) => isEmpty(written(field).value)))
    problems.push({ code: "identity-missing" });
  for (const [setting, code] of settingProblems(settings)) {
    problems.push({ column: written(setting).path, code });
  }
  const secret = readSecret(written("secret").value);
  const { path: secretPath } = written("secret");
  // A text that says that it is no TOTP secret, such as steam://…, is not written as one.
  if (!problems.some(({ column, code }) => column === secretPath && code === "type-unsupported"))
    problems.push(...secret.problems.map((code) => ({ column: secretPath, code })));
  const { code, problem, note } = readRecoveryCode(written("recoveryCode").value);
  const { path } = written("recoveryCode");
  if (problem !== undefined) problems.push({ column: path, code: problem });
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
        ...(code !== undefined && { recoveryCode: code }),
      },
    },
    problems,
    notes: [
      ...fields.notes(),
      ...secret.notes.map((code) => ({ column: secretPath, code })),
      ...(note === undefined ? [] : [{ column: path, code: note }]),
    ],
  };
}

/** Authing's id of a person; `undefined` for an empty value, `null` for any value that is no id. */
function userIdOf(value: unknown): string | undefined | null {
  if (isEmpty(value)) return undefined;
  const { text: id } = plainIdentifier(value);
  return id === undefined || id.length > 255 ? null : id;
}
