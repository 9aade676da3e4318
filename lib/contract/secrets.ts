import type * as z from "zod/mini";

/** The current and the previous version of a secret, parsed JSON. */
export interface SecretVersions {
  readonly current: unknown;
  readonly previous?: unknown;
  /** When the current one was put, ISO 8601, where that is known. */
  readonly changedAt?: string;
}

/** Reads one secret from where it is kept, past every cache. Throws `misconfigured` when there is none, `unavailable` when it cannot be asked. */
export type LoadSecret = (name: string) => Promise<SecretVersions>;

/** A secret's versions, newest first: the current one, then the previous one where there is one. */
export type Secrets<Secret> = readonly [Secret, ...Secret[]];

export interface SecretReader {
  /** The versions of a secret, at most 5 minutes old. Throws `misconfigured` when it is missing or of another shape. */
  read<Secret>(name: string, schema: z.core.$ZodType<Secret>): Promise<Secrets<Secret>>;
  /** The same, read again, but at most once in 5 seconds: for a proof that failed, or credentials that were refused. */
  refresh<Secret>(name: string, schema: z.core.$ZodType<Secret>): Promise<Secrets<Secret>>;
  /** When the current version that was read last was put, ISO 8601, where that is known. Reads nothing. */
  changedAt(name: string): string | undefined;
}
