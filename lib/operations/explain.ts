import * as z from "zod/mini";
import type { EventKey, EventRecord, Ledger } from "#lib/contract/ledger.ts";

const text = z.string().check(z.minLength(1), z.maxLength(1000));

/** What became of a person, event by event, or of one event: `okta/<id>`, `uploads/<import>/<row>`, or the id alone. */
export const ExplainRequest = z.union([
  z.strictObject({ operation: z.literal("explain"), externalId: text }),
  z.strictObject({ operation: z.literal("explain"), event: text }),
]);
export type ExplainRequest = z.infer<typeof ExplainRequest>;

export interface ExplainPorts {
  readonly ledger: Pick<Ledger, "event" | "events">;
  /** Names of the sources that are switched on. */
  readonly sources: readonly string[];
}

/** Events that explain a person: the newest ones. */
const maxEvents = 100;

/** The oldest first; an id alone may be that of several sources' events. Nothing when nobody has settled any. */
export async function explain(
  request: ExplainRequest,
  { ledger, sources }: ExplainPorts,
): Promise<EventRecord[]> {
  if ("externalId" in request) return ledger.events(request.externalId, maxEvents);
  const found = await Promise.all(keysOf(request.event, sources).map((key) => ledger.event(key)));
  return found
    .filter((record) => record !== undefined)
    .toSorted((one, other) => (one.settledAt < other.settledAt ? -1 : 1));
}

/** Whose event it may be: what stands before the first slash, or, since ids hold slashes too, anybody's. */
function keysOf(asked: string, sources: readonly string[]): EventKey[] {
  const slash = asked.indexOf("/");
  const named = slash > 0 ? [{ source: asked.slice(0, slash), id: asked.slice(slash + 1) }] : [];
  return [...named, ...[...sources, "uploads"].map((source) => ({ source, id: asked }))];
}
