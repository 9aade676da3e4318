import { droppedOnWire, type Dialect } from "#lib/authing/dialect.ts";
import type { Change, Dropped } from "#lib/contract/change.ts";

/** Whatever knows in which dialect it writes. */
interface Dialectal {
  readonly authing: { readonly dialect: Dialect };
}

/** What the dialect on the wire drops of a change. */
export const wireDropsOf = (change: Change, { authing }: Dialectal): readonly Dropped[] =>
  change.kind === "create" || change.kind === "update" ? droppedOnWire(change, authing.dialect) : [];

/** A change that names, too, what the dialect on the wire drops of it: `explain` and results tell it. */
export function withWireDrops<Of extends Change>(change: Of, ports: Dialectal): Of {
  if (change.kind !== "create" && change.kind !== "update") return change;
  const dropped = wireDropsOf(change, ports);
  return dropped.length === 0 ? change : { ...change, dropped: [...(change.dropped ?? []), ...dropped] };
}
