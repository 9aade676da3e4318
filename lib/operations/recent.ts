import * as z from "zod/mini";
import type { Clock } from "#lib/contract/clock.ts";
import type { Ledger } from "#lib/contract/ledger.ts";
import type { Recent, RecentEvent, RecentList } from "#lib/contract/recent.ts";
import { otherSources, type OtherSources } from "./other-sources.ts";

/**
 * What became of events of late: `{"operation": "recent", "since"?: "2026-03-01T00:00:00.000Z", "limit"?: 200, "source"?: "okta"}`. To
 * follow what happens, ask again with the `at` of the last event: what has that very moment comes again. On AWS ask from a minute before
 * it, since CloudWatch is behind by some seconds.
 */
export const RecentRequest = z.strictObject({
  operation: z.literal("recent"),
  /** A source, or `uploads` for files. */
  source: z.optional(z.string().check(z.minLength(1), z.maxLength(100))),
  /** ISO 8601 in UTC. Default: an hour ago. */
  since: z.optional(z.iso.datetime()),
  limit: z._default(z.number().check(z.int(), z.minimum(1), z.maximum(1000)), 200),
});
export type RecentRequest = z.infer<typeof RecentRequest>;

export interface RecentReport extends OtherSources, RecentList {
  readonly since: string;
}

export interface RecentPorts {
  /** Names of the sources that are switched on. */
  readonly sources: readonly string[];
  readonly recent: Recent;
  readonly ledger: Pick<Ledger, "event">;
  readonly clock: Pick<Clock, "now">;
}

const hourMilliseconds = 3600 * 1000;
/** How long CloudWatch is read: an operator looks at the page. */
const readSeconds = 20;
/** Events of which the ledger is asked, the newest. */
const maxAsked = 200;
/** Ids of senders have any length, and Lambda answers with 6 MB at most. */
const maxEventsBytes = 4_000_000;

export async function recent(
  { source, since, limit }: RecentRequest,
  ports: RecentPorts,
  { deadline }: { readonly deadline: number },
): Promise<RecentReport> {
  const now = ports.clock.now();
  const from = since === undefined ? now - hourMilliseconds : Date.parse(since);
  const list = await ports.recent.list({
    since: from,
    limit,
    deadline: Math.min(deadline, now + readSeconds * 1000),
    ...(source !== undefined && { source }),
  });
  const known = list.events.length - maxAsked;
  const named = await Promise.all(
    list.events.map((event, index) => (index < known ? event : withPerson(event, ports.ledger))),
  );
  const events = newestWithin(maxEventsBytes, named);
  const isEmpty = events.length + list.deliveries.length === 0;
  return {
    since: new Date(from).toISOString(),
    events,
    deliveries: list.deliveries,
    isComplete: list.isComplete && events.length === named.length,
    ...(isEmpty && source !== "uploads" && otherSources(source, ports.sources)),
  };
}

/** The log names an event, the ledger its type and person, once there is an outcome. */
async function withPerson(event: RecentEvent, ledger: Pick<Ledger, "event">): Promise<RecentEvent> {
  if (event.type !== undefined || event.outcome === "waiting" || event.outcome === "retried") return event;
  const record = await ledger.event(event);
  if (!record) return event;
  const { type, subject, externalId } = record;
  return {
    ...event,
    type,
    ...(subject !== "" && { subject }),
    ...(externalId !== undefined && { externalId }),
  };
}

function newestWithin(maxBytes: number, events: readonly RecentEvent[]): readonly RecentEvent[] {
  let bytes = 0;
  const last = events.findLastIndex(
    (event) => (bytes += Buffer.byteLength(JSON.stringify(event))) > maxBytes,
  );
  return events.slice(last + 1);
}
