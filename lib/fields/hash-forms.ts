import { describesItself } from "./password-hash.ts";

// Hashes that a product gives in parts, as one string: Authing's password script gets the password and one string, so that salt and
// cost must stand in it. PHC strings have base64 without padding.

type HashProblem =
  | "password-hash-unknown"
  | "password-hash-damaged"
  | "password-hash-unsalted"
  | "password-hash-needs-key";

/** One string for `passwordHash`, or why there is none. */
export type OneHash =
  | { readonly hash: string; readonly problem?: undefined }
  | { readonly hash?: undefined; readonly problem: HashProblem };

const one = (hash: string): OneHash => ({ hash });
const none = (problem: HashProblem): OneHash => ({ problem });

/** Bytes as PHC strings write them, out of base64 (also web-safe, with or without padding); `undefined` for any other text. */
function phcBase64(written: unknown): string | undefined {
  if (typeof written !== "string") return undefined;
  const text = written
    .trim()
    .replaceAll("-", "+")
    .replaceAll("_", "/")
    .replace(/={1,2}$/, "");
  return /^[A-Za-z0-9+/]+$/.test(text) && text.length % 4 !== 1 ? text : undefined;
}

/** The same out of hexadecimal, base64 or text, as `encoding` says. */
function phcBytes(written: unknown, encoding: unknown): string | undefined {
  if (typeof written !== "string" || written === "") return undefined;
  switch (encoding) {
    case "base64":
      return phcBase64(written);
    case "hex":
      return /^(?:[0-9a-f]{2})+$/i.test(written) ? phcOf(Buffer.from(written, "hex")) : undefined;
    case "utf8":
    case undefined:
      return phcOf(Buffer.from(written, "utf8"));
    default:
      return undefined;
  }
}

const phcOf = (bytes: Uint8Array) =>
  Buffer.from(bytes)
    .toString("base64")
    .replace(/={1,2}$/, "");

/** A whole number above 0, of a number or of digits. */
function count(value: unknown): number | undefined {
  const number = typeof value === "string" && /^\d{1,10}$/.test(value.trim()) ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) && number > 0 ? number : undefined;
}

/** The exponent of a power of two. */
function exponent(value: unknown): number | undefined {
  const number = count(value);
  const log = number === undefined ? -1 : Math.log2(number);
  return Number.isInteger(log) && log > 0 ? log : undefined;
}

/** An object, also one that is written as JSON text, as Keycloak's database has it. */
function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === "string" && value.length <= 65_536) {
    try {
      return objectOf(JSON.parse(value) ?? undefined);
    } catch {
      return {};
    }
  }
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

/**
 * FusionAuth: bcrypt with its 22 characters of salt and 31 of hash apart → `$2a$<factor>$<salt><hash>`; any other scheme →
 * `$fusionauth-<scheme>$i=<factor>$<salt>$<hash>`, salt and hash in base64. https://fusionauth.io/docs/reference/password-hashes
 */
export function fusionAuthHash(parts: {
  readonly encryptionScheme?: unknown;
  readonly factor?: unknown;
  readonly salt?: unknown;
  readonly hash?: unknown;
}): OneHash {
  const scheme =
    typeof parts.encryptionScheme === "string" ? parts.encryptionScheme.trim().toLowerCase() : "";
  if (scheme === "bcrypt") return bcryptHash(parts);
  if (!/^(?:salted|phpass)-[a-z0-9-]{1,40}$/.test(scheme)) return none("password-hash-unknown");
  const factor = count(parts.factor);
  const salt = phcBase64(parts.salt);
  const hash = phcBase64(parts.hash);
  if (salt === undefined) return none("password-hash-unsalted");
  if (factor === undefined || hash === undefined) return none("password-hash-damaged");
  return one(`$fusionauth-${scheme}$i=${factor}$${salt}$${hash}`);
}

/** bcrypt in parts: cost, 22 characters of salt, 31 of hash. */
function bcryptHash({
  factor,
  salt,
  hash,
}: {
  readonly factor?: unknown;
  readonly salt?: unknown;
  readonly hash?: unknown;
}): OneHash {
  if (typeof hash === "string" && /^\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53}$/.test(hash)) return one(hash);
  const cost = count(factor);
  const body = typeof salt === "string" && typeof hash === "string" ? `${salt}${hash}` : "";
  return cost !== undefined && cost >= 4 && cost <= 31 && /^[./A-Za-z0-9]{53}$/.test(body)
    ? one(`$2a$${String(cost).padStart(2, "0")}$${body}`)
    : none("password-hash-damaged");
}

/**
 * Keycloak's credential of type `password`, `secretData` and `credentialData` as objects or JSON text:
 * `$pbkdf2-sha256$i=27500,l=64$<salt>$<hash>`, `$argon2id$v=19$m=7168,t=5,p=1$<salt>$<hash>`.
 */
export function keycloakHash(secretData: unknown, credentialData: unknown): OneHash {
  const { value, salt } = objectOf(secretData);
  const { hashIterations, algorithm, additionalParameters } = objectOf(credentialData);
  const [hash, saltText, iterations] = [phcBase64(value), phcBase64(salt), count(hashIterations)];
  if (hash === undefined || iterations === undefined) return none("password-hash-damaged");
  if (saltText === undefined) return none("password-hash-unsalted");
  switch (algorithm) {
    case "pbkdf2":
    case "pbkdf2-sha256":
    case "pbkdf2-sha512": {
      const bytes = Math.floor((hash.length * 3) / 4);
      return one(`$${algorithm}$i=${iterations},l=${bytes}$${saltText}$${hash}`);
    }
    case "argon2":
      return keycloakArgon2(objectOf(additionalParameters), { hash, salt: saltText, iterations });
    default:
      return none("password-hash-unknown");
  }
}

const argon2Types = new Map<unknown, string>([
  ["id", "argon2id"],
  ["i", "argon2i"],
  ["d", "argon2d"],
]);
const argon2Versions = new Map<unknown, number>([
  ["1.3", 19],
  ["1.0", 16],
]);

function keycloakArgon2(
  parameters: Readonly<Record<string, unknown>>,
  { hash, salt, iterations }: { hash: string; salt: string; iterations: number },
): OneHash {
  // Keycloak holds each parameter as a list of one text.
  const parameter = (name: string) => {
    const found = parameters[name];
    return Array.isArray(found) ? (found[0] as unknown) : found;
  };
  const type = argon2Types.get(parameter("type") ?? "id");
  const version = argon2Versions.get(parameter("version") ?? "1.3");
  const [memory, parallelism] = [count(parameter("memory")), count(parameter("parallelism"))];
  if (type === undefined || version === undefined) return none("password-hash-unknown");
  if (memory === undefined || parallelism === undefined) return none("password-hash-damaged");
  return one(`$${type}$v=${version}$m=${memory},t=${iterations},p=${parallelism}$${salt}$${hash}`);
}

function scryptOf(
  salt: string | undefined,
  hash: string | undefined,
  [n, r, p]: readonly [unknown, unknown, unknown],
): OneHash {
  const [ln, blockSize, parallelism] = [exponent(n), count(r), count(p)];
  if (hash === undefined || ln === undefined || blockSize === undefined || parallelism === undefined)
    return none("password-hash-damaged");
  return salt === undefined
    ? none("password-hash-unsalted")
    : one(`$scrypt$ln=${ln},r=${blockSize},p=${parallelism}$${salt}$${hash}`);
}

/**
 * Auth0's `custom_password_hash`: bcrypt, Argon2, PBKDF2 and LDAP as they are; scrypt as PHC string; digests with a salt →
 * `$auth0-<algorithm>$salt=<prefix|suffix>$<salt>$<hash>`. A digest without a salt is refused, and an HMAC, whose key would be needed.
 * https://auth0.com/docs/manage-users/user-migration/bulk-user-import-database-schema-and-examples
 */
export function auth0Hash(customPasswordHash: unknown): OneHash {
  const parts = objectOf(customPasswordHash);
  const hash = objectOf(parts["hash"]);
  const salt = objectOf(parts["salt"]);
  const value = hash["value"];
  switch (parts["algorithm"]) {
    case "argon2":
    case "bcrypt":
    case "ldap":
    case "pbkdf2":
      return typeof value === "string" && describesItself(value) ? one(value) : none("password-hash-damaged");
    case "scrypt":
      return scryptOf(phcBytes(salt["value"], salt["encoding"]), phcBytes(value, hash["encoding"] ?? "hex"), [
        parts["cost"] ?? 16_384,
        parts["blockSize"] ?? 8,
        parts["parallelization"] ?? 1,
      ]);
    case "md4":
    case "md5":
    case "sha1":
    case "sha256":
    case "sha512":
      return auth0Digest(parts["algorithm"], hash, salt);
    case "hmac":
      return none("password-hash-needs-key");
    default:
      return none("password-hash-unknown");
  }
}

function auth0Digest(
  algorithm: string,
  hash: Readonly<Record<string, unknown>>,
  salt: Readonly<Record<string, unknown>>,
): OneHash {
  const digest = phcBytes(hash["value"], hash["encoding"] ?? "hex");
  if (digest === undefined) return none("password-hash-damaged");
  if (salt["value"] === undefined || salt["value"] === "") return none("password-hash-unsalted");
  const saltText = phcBytes(salt["value"], salt["encoding"]);
  const position = salt["position"] ?? "prefix";
  return saltText === undefined || (position !== "prefix" && position !== "suffix")
    ? none("password-hash-damaged")
    : one(`$auth0-${algorithm}$salt=${position}$${saltText}$${digest}`);
}
