import { parkedKinds, type Parked, type ParkedKind, type ParkedScope } from "#lib/contract/parked.ts";

/** How many messages of one kind are parked for one source, and why; the most frequent reason first. */
export interface ParkedReasons {
  readonly kind: ParkedKind;
  readonly count: number;
  /** Of the oldest 200 messages. */
  readonly reasons: readonly { readonly reason: string; readonly count: number }[];
}

/** To learn its reason, a message is read whole: more would cost a digest too much time. */
const mostRead = 200;
const pageSize = 50;

/** Counts what is parked for a source; a kind of which nothing is parked is missing. The messages themselves are not passed on. */
export async function parkedCounts(
  parked: Pick<Parked, "list" | "count">,
  source: string,
): Promise<ParkedReasons[]> {
  const counts = await parked.count({ kinds: parkedKinds, source });
  const parkedNow = parkedKinds.flatMap((kind) => counts.filter((each) => each.kind === kind));
  const told: ParkedReasons[] = [];
  for (const { kind, count } of parkedNow) {
    const reasons = [...(await reasonsOf(parked, { kinds: [kind], source }))]
      .map(([reason, own]) => ({ reason, count: own }))
      .toSorted((one, other) => other.count - one.count);
    told.push({ kind, count, reasons });
  }
  return told;
}

/** Reads a page after the other: each message may be as large as a delivery, and a function has little memory. */
async function reasonsOf(
  parked: Pick<Parked, "list">,
  scope: ParkedScope,
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  let after: string | undefined;
  for (let read = 0; read < mostRead; read += pageSize) {
    const { messages, next } = await parked.list(scope, pageSize, after);
    for (const { reason } of messages) counts.set(reason, (counts.get(reason) ?? 0) + 1);
    if (next === undefined) break;
    after = next;
  }
  return counts;
}
