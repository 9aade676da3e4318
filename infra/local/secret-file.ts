import { readFile } from "node:fs/promises";
import * as z from "zod/mini";
import { InboundError } from "#lib/contract/errors.ts";
import type { LoadSecret, Secrets } from "#lib/contract/secrets.ts";
import type { Source } from "#lib/contract/source.ts";
import { secretReader } from "#lib/pipeline/secret-reader.ts";
import { fixtureSecret } from "#infra/fixtures/cases.ts";
import { requireOwnFile } from "./own-file.ts";

const SecretsFile = z.record(z.string(), z.record(z.string(), z.unknown()));

/**
 * Secrets Manager on a laptop: a JSON file `{"authing": {…}, "sources/bamboohr": {…}}`, each an object or
 * `{current, previous}`. It is read anew each time, so that a rotation is an edit of the file.
 */
function fileSecrets(path: string): LoadSecret {
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

/** The secrets of a machine: those of a file that its owner alone can read. Throws as `requireOwnFile` does, each time. */
export function ownSecrets(path: string): LoadSecret {
  const load = fileSecrets(path);
  return async (name) => {
    await requireOwnFile(path);
    return load(name);
  };
}

/**
 * The secrets of a laptop, as its settings say: those of the developer's own file, as they are, or invented ones. With invented
 * ones, each source in `apiHosts` asks its API at the address given there.
 */
export function localSecrets(
  { secretsFile, isInvented }: { secretsFile: string; isInvented: boolean },
  apiHosts: Readonly<Record<string, string>> = {},
): LoadSecret {
  return isInvented ? inventedSecrets(secretsFile, apiHosts) : fileSecrets(secretsFile);
}

/** The versions of the secret with which a source's sender signs. A source that AWS itself invokes has none, and needs none. */
export async function sendersSecret(source: Source, load: LoadSecret): Promise<Secrets<never>> {
  return source.trigger ? [{} as never] : secretReader(load).read(`sources/${source.name}`, source.secret);
}

/** The invented secrets: a source's is beside its cases (`fixtures/secret.json`), the others are in the file. */
function inventedSecrets(path: string, apiHosts: Readonly<Record<string, string>>): LoadSecret {
  const load = fileSecrets(path);
  return async (name) => {
    const source = /^sources\/(.+)$/.exec(name)?.[1];
    const invented = source === undefined ? undefined : fixtureSecret(source);
    if (source === undefined || invented === undefined) return load(name);
    const apiHost = apiHosts[source];
    return { current: apiHost === undefined ? invented : { apiHost, ...invented } };
  };
}

async function readSecrets(path: string): Promise<z.infer<typeof SecretsFile>> {
  const text = await readFile(path, "utf8").catch(() => {
    throw new InboundError("misconfigured", "secrets-file-missing", {
      path,
      hint: "INBOUND_SECRETS names a file that cannot be read: docs/laptop.md shows how to write one",
    });
  });
  try {
    return z.parse(SecretsFile, JSON.parse(text));
  } catch {
    // JSON.parse's own message would quote the file.
    throw new InboundError("misconfigured", "secrets-file-malformed", {
      path,
      hint: 'write {"authing": {…}, "sources/<name>": {…}} as docs/laptop.md shows',
    });
  }
}
