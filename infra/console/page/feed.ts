import { useEffect, useState } from "preact/hooks";
import type { RecentEvent } from "#lib/contract/recent.ts";
import type { DeliveryFacts } from "#infra/local/deliveries.ts";
import type { LiveMessage } from "#infra/console/types.ts";

/** A line of the live view: an event, or a delivery that brought none. */
export interface Line {
  /** Names the line: `source/id` of an event. */
  readonly key: string;
  readonly at: string;
  readonly source: string;
  readonly what: string;
  readonly outcome: string;
  readonly reason?: string;
  readonly person?: string;
  readonly milliseconds?: number;
  /** Where it leads to. */
  readonly event?: { readonly source: string; readonly id: string };
  readonly delivery?: string;
  /** The id of an import. */
  readonly file?: string;
}

/** Lines that are kept, the newest: an operator looks at what happens now. */
const maxLines = 20_000;

export interface Feed {
  /** Newest last. */
  readonly lines: readonly Line[];
  /** `live`: connected; `lost`: the server does not answer. */
  readonly state: "opening" | "live" | "lost";
  /** What the server could not find out, last. */
  readonly failure?: string;
  /** Of the events before this moment some are not among the lines, ISO 8601, UTC. */
  readonly missingBefore?: string;
}

let feed: Feed = { lines: [], state: "opening" };
const byKey = new Map<string, number>();
const listeners = new Set<() => void>();
let isDrawn = true;
let stream: EventSource | undefined;

function changed(next: Partial<Feed>): void {
  feed = { ...feed, ...next };
  if (!isDrawn) return;
  isDrawn = false;
  // One drawing for all that comes within a frame, however much it is.
  requestAnimationFrame(() => {
    isDrawn = true;
    for (const listener of listeners) listener();
  });
}

function add(lines: Line[], line: Line): void {
  const known = byKey.get(line.key);
  if (known !== undefined) lines[known] = line;
  else byKey.set(line.key, lines.push(line) - 1);
}

function taken({ events, deliveries, missingBefore = feed.missingBefore }: LiveMessage): void {
  let lines = [...feed.lines];
  for (const event of events) add(lines, lineOfEvent(event));
  for (const delivery of deliveries) if (delivery.events.length === 0) add(lines, lineOfDelivery(delivery));
  if (lines.length > maxLines) {
    lines = lines.slice(-maxLines / 2);
    byKey.clear();
    for (const [index, { key }] of lines.entries()) byKey.set(key, index);
  }
  changed({ lines, state: "live", ...(missingBefore !== undefined && { missingBefore }) });
}

function lineOfEvent(event: RecentEvent): Line {
  const { source, id, at, type = "", outcome, reason, field, externalId, subject, milliseconds } = event;
  const person = externalId ?? subject;
  const isFile = source === "uploads" && type === "import";
  return {
    key: `${source}/${id}`,
    at,
    source,
    what: isFile ? `${type} ${id}` : type,
    outcome,
    ...(reason !== undefined && { reason: field === undefined ? reason : `${reason} (${field})` }),
    ...(person !== undefined && { person }),
    ...(milliseconds !== undefined && { milliseconds }),
    ...(isFile ? { file: id } : { event: { source, id } }),
  };
}

function lineOfDelivery({ id, at, source, status = 0, refusal, milliseconds }: DeliveryFacts): Line {
  return {
    key: `delivery/${id}`,
    at,
    source,
    what: `HTTP ${status}`,
    outcome: refusal === undefined ? "no-event" : "refused",
    ...(refusal !== undefined && { reason: refusal }),
    ...(milliseconds !== undefined && { milliseconds }),
    delivery: id,
  };
}

function open(): void {
  if (stream) return;
  stream = new EventSource("/console/api/live");
  stream.addEventListener("message", ({ data }) => taken(JSON.parse(String(data)) as LiveMessage));
  stream.addEventListener("failed", ({ data }) => changed({ failure: JSON.parse(String(data)) as string }));
  stream.addEventListener("open", () => changed({ state: "live" }));
  stream.addEventListener("error", () => changed({ state: "lost" }));
}

/** What happens, from the moment at which the page was opened on and as far back as the server tells. */
export function useFeed(): Feed {
  const [, draw] = useState(0);
  useEffect(() => {
    const listener = () => draw((count) => count + 1);
    listeners.add(listener);
    open();
    return () => void listeners.delete(listener);
  }, []);
  return feed;
}
