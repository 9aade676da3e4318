/** What an `otpauth://` URI says, as it is written there. */
export interface Otpauth {
  /** `totp`, `hotp`, or a vendor's own. */
  readonly type: string;
  readonly secret: string;
  readonly algorithm: string | undefined;
  readonly digits: string | undefined;
  readonly period: string | undefined;
}

/** Any URI of the family, however it continues. */
export const otpauthUri = /^\s*otpauth(?:-[a-z]+)?:/i;

/**
 * Reads a key URI (https://github.com/google/google-authenticator/wiki/Key-Uri-Format). Its query is form data: a `+` is a
 * space in the files that authenticators export. `undefined` for what is none, for a parameter that is there twice, and for
 * `&amp;`, behind which a parameter would be overlooked.
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
    // Some authenticators tell Steam's codes by a parameter only.
    type: parameters.get("encoder") ?? (match[1] as string).toLowerCase(),
    secret: parameters.get("secret") ?? "",
    algorithm: parameters.get("algorithm"),
    digits: parameters.get("digits"),
    period: parameters.get("period"),
  };
}
