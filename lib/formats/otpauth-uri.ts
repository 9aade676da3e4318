/** The parts of an `otpauth://` URI, unchecked. */
export interface Otpauth {
  /** `totp`, `hotp`, or a vendor's own. */
  readonly type: string;
  /** Behind the issuer in the label: mostly what its owner signs in with. Empty where the label cannot be decoded. */
  readonly account: string;
  readonly issuer: string;
  readonly secret: string;
  readonly algorithm: string | undefined;
  readonly digits: string | undefined;
  readonly period: string | undefined;
  readonly counter: string | undefined;
}

const known = new Set(["secret", "issuer", "algorithm", "digits", "period", "counter", "encoder"]);

/** Whether a text is meant as a URI of this family, valid or not. */
export const otpauthUri = /^\s*otpauth(?:-[a-z]+)?:/i;
/** Whether a text holds one, anywhere. */
export const otpauthUriInside = /otpauth(?:-[a-z]{1,20})?:/i;

/**
 * Parses a key URI (https://github.com/google/google-authenticator/wiki/Key-Uri-Format). Returns `undefined` for any other text and
 * for a setting that occurs twice. Parameters that say nothing about the codes, such as `image`, are ignored.
 *
 * - The query is form data: in the files that authenticators export, `+` is a space. In the label it is a plus sign.
 * - `&amp;`, which comes along out of HTML, separates as `&` does.
 * - `#` separates, too. Programs differ: some end the URI there, some write `#` in a label or an issuer without encoding it. A setting
 *   behind it counts, since a secret whose settings were overlooked would lock its owner out.
 */
export function parseOtpauth(uri: string): Otpauth | undefined {
  const match = /^otpauth:\/\/([a-z0-9]+)\/([^?]*)\?(.*)$/is.exec(uri.trim());
  if (!match) return undefined;
  const [, type = "", label = "", query = ""] = match;
  const parameters = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query.replaceAll(/&amp;|#/gi, "&"))) {
    const key = name.trim().toLowerCase();
    if (!known.has(key)) continue;
    if (parameters.has(key)) return undefined;
    parameters.set(key, value);
  }
  return {
    // Some authenticators mark Steam's codes by this parameter only.
    type: (parameters.get("encoder") || type).toLowerCase(),
    ...labelParts(decoded(label), parameters.get("issuer") ?? ""),
    secret: parameters.get("secret") ?? "",
    algorithm: parameters.get("algorithm"),
    digits: parameters.get("digits"),
    period: parameters.get("period"),
    counter: parameters.get("counter"),
  };
}

/**
 * The parts of a label, `issuer:account` or the account alone.
 *
 * @param issuer as it is said beside the label; it may have a colon in it, and is then found in front of the account all the same.
 */
export function labelParts(
  label: string,
  issuer: string,
): { readonly account: string; readonly issuer: string } {
  const named = issuer.trim();
  // Input methods for Chinese write a full-width colon.
  const length = named !== "" && label.startsWith(`${named}:`) ? named.length : label.search(/[:：]/);
  const inLabel = length === -1 ? "" : label.slice(0, length).trim();
  return { account: label.slice(length + 1).trim(), issuer: named || inLabel };
}

function decoded(label: string): string {
  try {
    return decodeURIComponent(label);
  } catch {
    return "";
  }
}
