import { parkedKinds, type Parked, type ParkedKind } from "#lib/contract/parked.ts";

/** How many messages of one kind are parked for one source, and why; the most frequent reason first. */
export interface ParkedReasons {
  readonly kind: ParkedKind;
  readonly count: number;
  /** Of the oldest 200 messages. */
  readonly reasons: readonly { readonly reason: string; readonly count: number }[];
}

/** To learn its reason, a message is read whole: more would cost a digest too much time. */
const mostRead = 200;

/** Counts what is parked for a source; a kind of which nothing is parked is missing. The messages themselves are not passed on. */
export async function parkedCounts(
  parked: Pick<Parked, "list" | "count">,
  source: string,
): Promise<ParkedReasons[]> {
  const counts = await parked.count({ kinds: parkedKinds, source });
  const parkedNow = parkedKinds.flatMap((kind) => counts.filter((each) => each.kind === kind));
  return Promise.all(
    parkedNow.map(async ({ kind, count }) => {
      const { messages } = await parked.list({ kinds: [kind], source }, mostRead);
      const reasons = [...Map.groupBy(messages, ({ reason }) => reason)]
        .map(([reason, own]) => ({ reason, count: own.length }))
        .toSorted((one, other) => other.count - one.count);
      return { kind, count, reasons };
    }),
  );
}
