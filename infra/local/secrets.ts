import { readFile } from "node:fs/promises";
import * as z from "zod/mini";
import { InboundError } from "#lib/pipeline/errors.ts";
import type { LoadSecret } from "#lib/pipeline/ports.ts";

const SecretsFile = z.record(z.string(), z.record(z.string(), z.unknown()));

/**
 * Secrets Manager on a laptop: a JSON file `{"authing": {…}, "sources/bamboohr": {…}}`, each an object or
 * `{current, previous}`. It is read anew each time, so that a rotation is an edit of the file.
 */
export function fileSecrets(path: string): LoadSecret {
  return async (name) => {
    const secret = (await readSecrets(path))[name];
    if (secret === undefined) {
      throw new InboundError("misconfigured", "secret-missing", {
        path: `secret ${name}`,
        hint: `add "${name}" to the file of INBOUND_SECRETS`,
      });
    }
    return "current" in secret
      ? { current: secret["current"], previous: secret["previous"] }
      : { current: secret };
  };
}

async function readSecrets(path: string): Promise<z.infer<typeof SecretsFile>> {
  const text = await readFile(path, "utf8").catch(() => {
    throw new InboundError("misconfigured", "secrets-file-missing", {
      path,
      hint: "see infra/local/secrets.json",
    });
  });
  try {
    return z.parse(SecretsFile, JSON.parse(text));
  } catch {
    // The parser's own message would quote the file.
    throw new InboundError("misconfigured", "secrets-file-malformed", {
      path,
      hint: 'write {"authing": {…}, "sources/<name>": {…}} as infra/local/secrets.json does',
    });
  }
}
