import * as z from "zod/mini";
import { InboundError } from "#lib/contract/errors.ts";
import type { LoadSecret, SecretReader, Secrets } from "#lib/contract/secrets.ts";
import { cleanSecret } from "#lib/fields/clean-text.ts";

/** How long a secret is used without asking again. */
const freshForSeconds = 300;
/** The shortest time between two reads that failed proofs or refused credentials ask for: no storm on Secrets Manager. */
const refreshEverySeconds = 5;
/** How long an old copy serves while Secrets Manager does not answer. */
const usableForSeconds = 3600;

interface Entry {
  loadedAt: number;
  /** The parsed versions: the same objects until the next load, so that proofs can keep a key beside each. */
  versions: Secrets<unknown>;
  changedAt: string | undefined;
}

/**
 * Reads secrets through a cache: one load at a time for each name, nothing that failed is kept, and an old copy serves
 * for an hour while the store is down. What comes along when a secret is pasted, such as a line break behind it, is no part of it.
 */
export function secretReader(load: LoadSecret, now: () => number = Date.now): SecretReader {
  const entries = new Map<string, Entry>();
  const loading = new Map<string, Promise<Entry>>();
  const askedAt = new Map<string, number>();

  const loadOnce = (name: string, schema: z.core.$ZodType<unknown>): Promise<Entry> => {
    const running = loading.get(name);
    if (running) return running;
    askedAt.set(name, now());
    const started = loadEntry(name, schema).finally(() => loading.delete(name));
    loading.set(name, started);
    return started;
  };

  const loadEntry = async (name: string, schema: z.core.$ZodType<unknown>): Promise<Entry> => {
    try {
      const loaded = await load(name);
      const versions = parseVersions(name, schema, loaded);
      const entry = { loadedAt: now(), versions, changedAt: loaded.changedAt };
      entries.set(name, entry);
      return entry;
    } catch (error) {
      const old = entries.get(name);
      const down = error instanceof InboundError && error.code === "unavailable";
      if (old && down && now() - old.loadedAt < usableForSeconds * 1000) return old;
      throw error;
    }
  };

  return {
    async read(name, schema) {
      const known = entries.get(name);
      const fresh = known && now() - known.loadedAt < freshForSeconds * 1000;
      // An old copy is asked about again once in 5 s, also while the store is down.
      const waits = known && now() - (askedAt.get(name) ?? 0) < refreshEverySeconds * 1000;
      const entry = fresh || (waits && !loading.has(name)) ? known : await loadOnce(name, schema);
      return (entry as Entry).versions as never;
    },
    async refresh(name, schema) {
      const known = entries.get(name);
      const waits = known && now() - (askedAt.get(name) ?? 0) < refreshEverySeconds * 1000;
      return (waits ? known : await loadOnce(name, schema)).versions as never;
    },
    changedAt: (name) => entries.get(name)?.changedAt,
  };
}

/** A stored secret in the shape that is needed, as every reader of secrets sees it. */
export function parseSecret(
  schema: z.core.$ZodType<unknown>,
  stored: unknown,
): z.core.util.SafeParseResult<unknown> {
  return z.safeParse(schema, cleanSecret(stored));
}

function parseVersions(
  name: string,
  schema: z.core.$ZodType<unknown>,
  versions: { current: unknown; previous?: unknown },
): Secrets<unknown> {
  const current = parseSecret(schema, versions.current);
  if (!current.success) {
    const path = current.error.issues[0]?.path.map(String).join(".") || "(whole)";
    throw new InboundError("misconfigured", "secret-shape-wrong", {
      path: `secret ${name}: ${path}`,
      hint: "put the fields that the source's README names into this secret",
    });
  }
  const previous = versions.previous === undefined ? undefined : parseSecret(schema, versions.previous);
  return previous?.success ? [current.data, previous.data] : [current.data];
}
