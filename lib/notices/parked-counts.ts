import type { Parked, ParkedKind } from "#lib/contract/parked.ts";

/** How many messages of one kind are parked for one source, by reason; most frequent reason first. */
export interface ParkedCount {
  readonly kind: ParkedKind;
  readonly count: number;
  /** There may be more: only the oldest were counted. */
  readonly isAtLeast: boolean;
  readonly reasons: readonly { readonly reason: string; readonly count: number }[];
}

/** To count them, each message is read whole: more would cost a digest too much time. */
const counted = 200;
const kinds: readonly ParkedKind[] = ["dead", "held", "rejected", "waiting"];

/** Counts what is parked for a source; a kind of which nothing is parked is missing. The messages themselves are not passed on. */
export async function parkedCounts(parked: Pick<Parked, "list">, source: string): Promise<ParkedCount[]> {
  const found: ParkedCount[] = [];
  for (const kind of kinds) {
    const messages = await parked.list(kind, counted, source);
    if (messages.length === 0) continue;
    const reasons = [...Map.groupBy(messages, ({ reason }) => reason)]
      .map(([reason, own]) => ({ reason, count: own.length }))
      .toSorted((one, other) => other.count - one.count);
    found.push({ kind, count: messages.length, isAtLeast: messages.length >= counted, reasons });
  }
  return found;
}
