import * as z from "zod/mini";
import type { Clock } from "#lib/contract/clock.ts";
import { otherSources, type OtherSources } from "./other-sources.ts";
import type { Refusal, Refusals, ToldRefusal } from "#lib/contract/refusals.ts";

/** Deliveries that were refused at the door: `{"operation": "refused", "source"?: "okta", "since"?: "2026-03-01T00:00:00.000Z"}`. */
export const RefusedRequest = z.strictObject({
  operation: z.literal("refused"),
  source: z.optional(z.string().check(z.minLength(1), z.maxLength(100))),
  /** ISO 8601 in UTC. Default: a day ago. */
  since: z.optional(z.iso.datetime()),
});
export type RefusedRequest = z.infer<typeof RefusedRequest>;

/** How many were refused of a source for one reason. */
interface RefusedTotal extends Pick<Refusal, "source" | "nearSource" | "reason"> {
  /** Those that were counted only are among them. */
  readonly count: number;
  readonly firstAt: string;
  readonly lastAt: string;
}

export interface RefusedReport extends OtherSources {
  readonly since: string;
  /** The largest first. */
  readonly totals: readonly RefusedTotal[];
  /** The newest first. */
  readonly refusals: readonly ToldRefusal[];
  /** Whether these are all of them. */
  readonly isComplete: boolean;
}

export interface RefusedPorts {
  /** Names of the sources that are switched on. */
  readonly sources: readonly string[];
  readonly refusals: Refusals;
  readonly clock: Pick<Clock, "now">;
}

const dayMilliseconds = 24 * 3600 * 1000;
/** Lines of the log that totals are made of. */
const maxRead = 5000;
/** How long CloudWatch is read: an operator waits for the answer. */
const readSeconds = 60;
/** Deliveries that are told one by one: some 3 KB each, of the 6 MB that Lambda can answer. */
const maxTold = 200;

export async function refused(
  { source, since }: RefusedRequest,
  { refusals: log, sources, clock }: RefusedPorts,
  { deadline }: { readonly deadline: number },
): Promise<RefusedReport> {
  const from = since === undefined ? clock.now() - dayMilliseconds : Date.parse(since);
  const { refusals, isComplete } = await log.list({
    since: from,
    limit: maxRead,
    deadline: Math.min(deadline, clock.now() + readSeconds * 1000),
    ...(source !== undefined && { source }),
  });
  const groups = Map.groupBy(refusals, (each) =>
    JSON.stringify([each.source, each.nearSource, each.reason]),
  ).values();
  const totals = [...groups].map(totalOf).toSorted((one, other) => other.count - one.count);
  return {
    since: new Date(from).toISOString(),
    totals,
    refusals: refusals.slice(0, maxTold),
    isComplete,
    ...(totals.length === 0 && otherSources(source, sources)),
  };
}

/** @param refusals of one source and reason, the newest first */
function totalOf(refusals: readonly ToldRefusal[]): RefusedTotal {
  const [last] = refusals;
  if (!last) throw new RangeError("a group has a member");
  const { source, nearSource, reason } = last;
  return {
    ...(source !== undefined && { source }),
    ...(nearSource !== undefined && { nearSource }),
    reason,
    count: refusals.reduce((sum, { untold = 0 }) => sum + 1 + untold, 0),
    firstAt: refusals.at(-1)?.at ?? last.at,
    lastAt: last.at,
  };
}
