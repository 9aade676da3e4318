import type { Read } from "#lib/fields/read.ts";
import { digestLength, phcString } from "#lib/layouts/hashes.ts";
import { firstOf, inside, wordOf } from "#lib/layouts/record.ts";

/**
 * The hash of a password credential as one text: `$pbkdf2-sha256$i=27500,l=64$…`, `$argon2id$v=19$m=7168,t=5,p=1$…`. `undefined` for an
 * algorithm that Keycloak does not have, and for parts that are missing.
 */
export function keycloakHash(credential: Read): string | undefined {
  const at = (...paths: readonly string[]) => firstOf(credential, ...paths);
  const hash = at("secretData.value", "hashedSaltedValue").value;
  const salt = at("secretData.salt", "salt").value;
  const iterations = at("credentialData.hashIterations", "hashIterations").value as number;
  const algorithm = wordOf(at("credentialData.algorithm", "algorithm"));

  const pbkdf2 = /^pbkdf2(?:-(sha256|sha512))?$/.exec(algorithm);
  if (pbkdf2) {
    const parameters = { i: iterations, l: digestLength(hash) };
    return phcString({ algorithm: `pbkdf2-${pbkdf2[1] ?? "sha1"}`, parameters, salt, hash });
  }
  if (algorithm !== "argon2") return undefined;
  // Values of additionalParameters are lists of one text.
  const parameter = (name: string) =>
    inside(credential, `credentialData.additionalParameters.${name}[0]`).value as string;
  return phcString({
    algorithm: `argon2${parameter("type")}`,
    version: parameter("version") === "1.0" ? 16 : 19,
    parameters: { m: parameter("memory"), t: iterations, p: parameter("parallelism") },
    salt,
    hash,
  });
}
