import type { ProofFailure } from "./proof-differs.ts";

/** 401, 413, and what the standards of some senders want in place of the former. */
const refusalStatuses = [400, 401, 403, 413] as const;

export const isRefusalStatus = (status: unknown): status is Refusal["status"] =>
  (refusalStatuses as readonly unknown[]).includes(status);

/**
 * What is told of a delivery that was refused at the door. It is one line of the log, and stored nowhere else: what a stranger sends
 * must not fill a store. It holds no value of the delivery: names of headers, counts, and what the source's definition says.
 */
export type Refusal = {
  readonly status: (typeof refusalStatuses)[number];
  readonly reason: ProofFailure | "body-too-large" | "method-unknown" | "route-unknown";
  /** Absent where no route was met. */
  readonly source?: string;
  /** The source whose route the path nearly is, where no route was met. The path itself may hold a secret. */
  readonly nearSource?: string;
  readonly method: string;
  /** The names of the headers that came, sorted, with commas between them. */
  readonly headers: string;
  readonly bodyBytes: number;
  /** `content-type` without its parameters. */
  readonly mediaType?: string;
  /** As in `ProofDiffers`. */
  readonly place?: string;
  readonly form?: string;
  readonly covers?: string;
  readonly seconds?: number;
  readonly toleranceSeconds?: number;
  /** How large a body may be. */
  readonly maxBytes?: number;
  /** How many versions of the secret were tried: the current one, then the previous one. */
  readonly secretVersions?: number;
  /** When the current version of the secret was put, ISO 8601, where that is known. */
  readonly secretChangedAt?: string;
  /** How many refusals before this one were counted only: a process tells of some of them each minute. */
  readonly untold?: number;
};

/** The text of its line in the log. */
export const refusalMessage = "delivery refused";

/** @property at when it was refused, ISO 8601, UTC */
export type ToldRefusal = Refusal & { readonly at: string };

export interface RefusalQuery {
  /** From when on, in milliseconds since 1970. */
  readonly since: number;
  /** At most so many. */
  readonly limit: number;
  /** The deliveries to this source, and those to a path that is nearly its route. */
  readonly source?: string;
  /** When reading has to stop, in milliseconds since 1970. */
  readonly deadline: number;
}

/** The refused deliveries of the last days, as the log tells of them. */
export interface Refusals {
  /** The newest first. `isComplete` is false where some were not read: by the limit, the deadline, or the size of the log. */
  list(query: RefusalQuery): Promise<{ readonly refusals: ToldRefusal[]; readonly isComplete: boolean }>;
}

const texts = [
  "source",
  "nearSource",
  "method",
  "headers",
  "mediaType",
  "place",
  "form",
  "covers",
  "secretChangedAt",
] as const;
const numbers = ["bodyBytes", "seconds", "toleranceSeconds", "maxBytes", "secretVersions", "untold"] as const;

/** The refusal that a line of the log tells of: its known fields. `undefined` for a line that tells of none. */
export function toldRefusal(line: unknown, at: number): ToldRefusal | undefined {
  if (typeof line !== "object" || line === null) return undefined;
  const fields = line as Readonly<Record<string, unknown>>;
  const { status, reason } = fields;
  if (!isRefusalStatus(status) || typeof reason !== "string") return undefined;
  const known = [
    ...texts.filter((name) => typeof fields[name] === "string"),
    ...numbers.filter((name) => typeof fields[name] === "number"),
  ];
  return {
    method: "",
    headers: "",
    bodyBytes: 0,
    ...Object.fromEntries(known.map((name) => [name, fields[name]])),
    at: new Date(at).toISOString(),
    status,
    reason: reason as Refusal["reason"],
  };
}

/** Whether an operator who asks about a source wants to see it. */
export function isAbout(refusal: Refusal, source: string | undefined): boolean {
  return source === undefined || refusal.source === source || refusal.nearSource === source;
}
