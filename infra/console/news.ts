import type { RecentEvent } from "#lib/contract/recent.ts";
import type { RecentReport } from "#lib/operations/recent.ts";
import type { Backend } from "./console.ts";
import type { LiveMessage } from "./types.ts";

/** Events of one question. */
const limit = 1000;

/** Asks what is new, each time since the time before: every event once, and again when something else has become of it. */
export function newsOf({ operate, news, deliveriesAfter }: Backend): () => Promise<LiveMessage> {
  let since: string | undefined;
  let delivery = 0;
  let told = new Map<string, RecentEvent>();
  return async () => {
    const report = (await operate({
      operation: "recent",
      limit,
      ...(since !== undefined && { since }),
    })) as RecentReport;
    const deliveries = deliveriesAfter?.(delivery) ?? [];
    const events = report.events.filter((event) => {
      const before = told.get(keyOf(event));
      return before?.at !== event.at || before.outcome !== event.outcome;
    });
    for (const event of events) told.set(keyOf(event), event);
    delivery = deliveries.at(-1)?.number ?? delivery;
    // What is cut off is the oldest.
    const missingBefore = report.isComplete ? undefined : report.events[0]?.at;
    const last = report.events.at(-1)?.at;
    if (last !== undefined) {
      since = new Date(Date.parse(last) - news.overlapMilliseconds).toISOString();
      // What lies further back is not asked for again.
      const from = since;
      told = new Map([...told].filter(([, { at }]) => at >= from));
    }
    return { events, deliveries, ...(missingBefore !== undefined && { missingBefore }) };
  };
}

const keyOf = ({ source, id }: RecentEvent): string => `${source}/${id}`;
