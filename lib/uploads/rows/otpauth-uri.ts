/** The parts of an `otpauth://` URI, unchecked. */
export interface Otpauth {
  /** `totp`, `hotp`, or a vendor's own. */
  readonly type: string;
  readonly secret: string;
  readonly algorithm: string | undefined;
  readonly digits: string | undefined;
  readonly period: string | undefined;
}

/** Whether a text is meant as a URI of this family, valid or not. */
export const otpauthUri = /^\s*otpauth(?:-[a-z]+)?:/i;

/**
 * Parses a key URI (https://github.com/google/google-authenticator/wiki/Key-Uri-Format). Its query is form data: in the files
 * that authenticators export, `+` is a space. Returns `undefined` for any other text, for a parameter that occurs twice, and
 * for `&amp;`, which would hide the parameter after it.
 */
export function parseOtpauth(uri: string): Otpauth | undefined {
  const match = /^otpauth:\/\/([a-z0-9]+)\/([^?]*)\?([^#]*)(?:#.*)?$/is.exec(uri.trim());
  if (!match) return undefined;
  const parameters = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(match[3])) {
    const key = name.trim().toLowerCase();
    if (parameters.has(key) || key.startsWith("amp;")) return undefined;
    parameters.set(key, value);
  }
  return {
    // Some authenticators mark Steam's codes by this parameter only.
    type: parameters.get("encoder") ?? (match[1] as string).toLowerCase(),
    secret: parameters.get("secret") ?? "",
    algorithm: parameters.get("algorithm"),
    digits: parameters.get("digits"),
    period: parameters.get("period"),
  };
}
