import { minOtpSecretBits } from "#lib/authing/dto.ts";
import { decodeBase32, encodeBase32 } from "#lib/fields/base32.ts";
import { assemble, email, plainText, plainWord, text } from "#lib/fields/encode.ts";
import { maxExternalIdLength } from "#lib/fields/external-id.ts";
import { phone } from "#lib/fields/phone.ts";
import { isEmpty } from "#lib/fields/read.ts";
import type { RowProblem } from "#lib/formats/format.ts";
import type { ImportOtp, PersonReference } from "#lib/contract/change.ts";
import { fieldReader, fieldsByName, normalizedName, otpAliases, type OtpField } from "./columns.ts";
import { otpauthUri, parseOtpauth } from "./otpauth.ts";
import type { UploadKind } from "./upload.ts";

const fieldOf = fieldsByName<OtpField>(otpAliases);
const identityFields = ["userId", "externalId", "email", "phone", "username"] as const;
const harmlessFields = new Set<OtpField>([
  ...identityFields,
  "phoneCountryCode",
  "algorithm",
  "digits",
  "period",
  "type",
]);

/**
 * A file of TOTP secrets: a column that says whose it is (userId, externalId, email, phone, username), one with the secret in base32
 * or as an `otpauth://` URI, and if need be `recoveryCode`, `algorithm`, `digits`, `period`, `type`. The last four are checked: Authing
 * makes codes of 6 digits from SHA-1 every 30 seconds, and a secret that is meant otherwise would lock its owner out.
 */
export const otp: UploadKind<OtpField, ImportOtp> = {
  name: "otp",
  fieldOf,
  isUsable: ({ names }) => names.has("secret") && identityFields.some((field) => names.has(field)),
  hint: "name a column userId, externalId, email, phone or username, and one secret",
  // An unknown column may hold anything, and a secret may stand in the wrong one.
  hides(column, value) {
    const field = fieldOf.get(normalizedName(column));
    return field === undefined || !harmlessFields.has(field) || mayBeSecret(value);
  },
  /** Authing's own shape has the secret one level down: `{"userId", "otp": {"secret"}}`. */
  flatten: (values) =>
    Object.fromEntries(
      Object.entries(values).flatMap(([name, value]) =>
        typeof value === "object" && value !== null && !Array.isArray(value)
          ? Object.entries(value).map(([inner, own]) => [`${name}.${inner}`, own])
          : [[name, value]],
      ),
    ),
  translate(values, columns, { region }) {
    const read = fieldReader(values, columns);
    const userId = shortText(read("userId").value);
    const recoveryCode = shortText(read("recoveryCode").value);
    const { person, dropped } = assemble([
      text("externalId", read("externalId"), { maxLength: maxExternalIdLength }),
      email(read("email")),
      phone(read("phone"), region, read("phoneCountryCode")),
      text("username", read("username"), { maxLength: 255 }),
    ]);
    const who: PersonReference = {
      ...(userId && { userId }),
      ...(person.externalId !== undefined && { externalId: person.externalId }),
      ...(person.email !== undefined && { email: person.email }),
      ...(person.phone !== undefined && { phone: person.phone }),
      ...(person.phoneCountryCode !== undefined && { phoneCountryCode: person.phoneCountryCode }),
      ...(person.username !== undefined && { username: person.username }),
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
    if (problems.length > 0 || secret.base32 === undefined) return { change: undefined, problems, notes: [] };
    return {
      change: {
        kind: "import-otp",
        who,
        otp: {
          secret: secret.base32,
          // As it is written: people hold it on paper.
          ...(recoveryCode && { recoveryCode }),
        },
      },
      problems,
      notes: secret.notes.map((code) => ({ column: read("secret").path, code })),
    };
  },
};

/** A TOTP secret ready for Authing, or why it is none. Codes only. */
export interface Secret {
  /** RFC 4648 base32, upper case, without padding. */
  readonly base32?: string;
  readonly problems: readonly string[];
  /** What a person may want to know about a secret that is taken. */
  readonly notes: readonly string[];
}

/** Longest secret as it is written: a URI with a picture's address and a long label. */
const maxWrittenLength = 4096;
/** RFC 4226 asks for 128 bits; Authing itself makes 80. */
const advisedBytes = 16;
/** HMAC-SHA-1 hashes a longer key first. */
const blockBytes = 64;

/** Reads a secret as files have it: base32 in any case and spacing, or an `otpauth://` URI with all it says checked. */
export function readSecret(value: unknown): Secret {
  if (isEmpty(value)) return refusal("secret-missing");
  const written = plainText(value);
  if (typeof value !== "string" || written === undefined || written.length > maxWrittenLength) {
    return refusal("secret-encoding");
  }
  if (otpauthUri.test(written)) {
    const uri = parseOtpauth(written);
    if (uri === undefined) return refusal("uri-invalid");
    const problems = settingProblems(uri).map(([, code]) => code);
    const secret = readBase32(uri.secret);
    return problems.length === 0 ? secret : { problems: [...problems, ...secret.problems], notes: [] };
  }
  return readBase32(written);
}

function readBase32(written: string): Secret {
  // Supabase, better-auth and OpenPGP, in that order: nobody can read these without a key.
  if (/^(?:\{|\$[a-z]+\$|-----BEGIN)/.test(written)) return refusal("secret-encrypted");
  const decoded = decodeBase32(written);
  if (decoded === undefined) return refusal("secret-encoding");
  const { bytes, hasStrayBits } = decoded;
  if (bytes.length === 0) return refusal("secret-missing");
  if (bytes.length * 8 < minOtpSecretBits) return refusal("secret-short");
  const notes = [
    hasStrayBits && "secret-had-stray-bits",
    bytes.length < advisedBytes && "secret-below-128-bits",
    bytes.length > blockBytes && "secret-above-512-bits",
    bytes.every((byte) => byte === bytes[0]) && "secret-one-byte-repeated",
  ].filter((note) => note !== false);
  return { base32: encodeBase32(bytes), problems: [], notes };
}

type Setting = "type" | "algorithm" | "digits" | "period";

/** Authing has no field for any of these, so each is what Authing assumes or the secret is not for it. */
const taken: Readonly<Record<Setting, RegExp>> = {
  type: /^totp$/,
  algorithm: /^(?:hmac[-_ ]?)?sha[-_ ]?1$/,
  digits: /^6$/,
  period: /^30$/,
};

function settingProblems(settings: { readonly [setting in Setting]: unknown }): [Setting, string][] {
  return (Object.keys(taken) as Setting[])
    .filter((setting) => !isEmpty(settings[setting]) && !taken[setting].test(plainWord(settings[setting])))
    .map((setting) => [setting, `${setting}-unsupported`]);
}

/** Text of at most 255 characters as it is; `undefined` where nothing is, `null` for what is no such text. */
function shortText(value: unknown): string | undefined | null {
  if (isEmpty(value)) return undefined;
  const written = plainText(value);
  return written === undefined || written.length > 255 ? null : written;
}

function mayBeSecret(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return false;
  const written = plainText(value) ?? "";
  if (otpauthUri.test(written)) return true;
  const bytes = decodeBase32(written)?.bytes;
  return bytes !== undefined && bytes.length * 8 >= minOtpSecretBits;
}

function refusal(problem: string): Secret {
  return { problems: [problem], notes: [] };
}
