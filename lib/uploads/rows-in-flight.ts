import type { DeliveredRow, TranslatedRows } from "./deliver-rows.ts";
import type { StoredRow } from "./stored-rows.ts";

export interface RowsInFlight {
  /** Begins to deliver the next groups, as long as `may`, told how many are in flight, allows it. A group that claims what one in flight claims waits until that one has landed. */
  begin(deadline: number, may: (flying: number) => boolean): void;
  /** The first row of the first group that has not landed; `undefined` when none is left. */
  readonly next: StoredRow | undefined;
  /** What became of the first group in flight; `undefined` where none is. Groups land in the order of the file. */
  land(): Promise<readonly DeliveredRow[] | undefined>;
  /** Waits until no call is under way. What has not landed is delivered again by another run, which finds what this one did. */
  settle(): Promise<void>;
}

/** Delivers groups of rows, up to `most` at the same time. */
export function inFlight(
  groups: Iterator<StoredRow[]>,
  most: number,
  translate: (group: readonly StoredRow[]) => TranslatedRows,
): RowsInFlight {
  interface Group {
    readonly first: StoredRow | undefined;
    readonly rows: TranslatedRows;
  }
  const flying: (Group & { readonly delivered: Promise<readonly DeliveredRow[]> })[] = [];
  const read = (): Group | undefined => {
    const { done, value } = groups.next();
    return done ? undefined : { first: value[0], rows: translate(value) };
  };
  let ahead = read();

  return {
    begin(deadline, may) {
      while (ahead && flying.length < most && may(flying.length)) {
        const { claims } = ahead.rows;
        if (flying.some(({ rows }) => !rows.claims.isDisjointFrom(claims))) return;
        const delivered = ahead.rows.deliver(deadline);
        // Its failure is told when it lands.
        delivered.catch(() => {});
        flying.push({ ...ahead, delivered });
        ahead = read();
      }
    },
    get next() {
      return (flying[0] ?? ahead)?.first;
    },
    async land() {
      const delivered = await flying[0]?.delivered;
      flying.shift();
      return delivered;
    },
    async settle() {
      await Promise.allSettled(flying.map(({ delivered }) => delivered));
    },
  };
}
