import { minOtpSecretBits } from "#lib/authing/limits.ts";
import { decodeBase32, encodeBase32 } from "#lib/fields/base32.ts";
import { isScientific, textDamage } from "#lib/fields/damage.ts";
import { plainText } from "#lib/fields/encode.ts";
import { isMasked } from "#lib/fields/password-mask.ts";
import { isEmpty } from "#lib/fields/read.ts";
import { holdsRemovedMark } from "#lib/fields/removed.ts";
import { settingProblems, type TotpSettingProblem } from "#lib/fields/totp-settings.ts";
import { otpauthUri, parseOtpauth } from "#lib/formats/otpauth-uri.ts";

/** A TOTP secret ready for Authing, or the codes that say why it cannot be used. */
export interface Secret {
  /** RFC 4648 base32, upper case, without padding. */
  readonly base32?: string;
  readonly problems: readonly SecretProblem[];
  /** Codes of what is unusual about a secret that is accepted. */
  readonly notes: readonly SecretNote[];
}

type SecretProblem =
  | "secret-missing"
  | "secret-removed"
  | "secret-damaged"
  | "secret-encoding"
  | "secret-encrypted"
  | "secret-short"
  | "uri-invalid"
  | TotpSettingProblem;
type SecretNote =
  | "secret-had-stray-bits"
  | "secret-below-128-bits"
  | "secret-above-512-bits"
  | "secret-one-byte-repeated";

/** Longest text that may hold a secret, in UTF-16 units: a URI with the address of an image and a long label. */
const maxWrittenLength = 4096;
/** RFC 4226 (R6) requires 128 bits; Authing itself makes 80. */
const advisedBytes = 16;
/** HMAC-SHA-1 replaces a longer key by its hash. */
const blockBytes = 64;

/** Reads a secret as files have it: base32 in any case and spacing, or an `otpauth://` URI, whose settings are checked too. */
export function readSecret(value: unknown): Secret {
  if (isEmpty(value)) return refusal("secret-missing");
  if (holdsRemovedMark(value)) return refusal("secret-removed");
  const written = plainText(value);
  if (typeof value !== "string" || written === undefined || written.length > maxWrittenLength) {
    return refusal("secret-encoding");
  }
  if (isDamaged(written)) return refusal("secret-damaged");
  if (otpauthUri.test(written)) {
    const uri = parseOtpauth(written);
    if (uri === undefined) return refusal("uri-invalid");
    const problems = settingProblems({ ...uri, counter: undefined }).map(([, code]) => code);
    // Other kinds of codes have other settings.
    if (problems.includes("type-unsupported")) return refusal("type-unsupported");
    const secret = readBase32(uri.secret);
    return problems.length === 0 ? secret : { problems: [...problems, ...secret.problems], notes: [] };
  }
  return readBase32(written);
}

/** What stands in the place of a secret. Words such as NULL are base32, if too short to be secrets. */
const isDamaged = (written: string) =>
  textDamage(written) !== undefined ||
  isScientific(written) ||
  (isMasked(written) && !/^[\s-]+$/.test(written));

function readBase32(written: string): Secret {
  // Supabase, better-auth and OpenPGP, in that order: encrypted with a key that we do not have.
  if (/^(?:\{|\$[a-z]+\$|-----BEGIN)/.test(written)) return refusal("secret-encrypted");
  const decoded = decodeBase32(written);
  if (decoded === undefined) return refusal("secret-encoding");
  const { bytes, hasStrayBits } = decoded;
  if (bytes.length === 0) return refusal("secret-missing");
  if (bytes.length * 8 < minOtpSecretBits) return refusal("secret-short");
  const unusual: readonly (SecretNote | false)[] = [
    hasStrayBits && "secret-had-stray-bits",
    bytes.length < advisedBytes && "secret-below-128-bits",
    bytes.length > blockBytes && "secret-above-512-bits",
    bytes.every((byte) => byte === bytes[0]) && "secret-one-byte-repeated",
  ];
  return { base32: encodeBase32(bytes), problems: [], notes: unusual.filter((note) => note !== false) };
}

function refusal(problem: SecretProblem): Secret {
  return { problems: [problem], notes: [] };
}
