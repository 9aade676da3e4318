import { droppedOnWire } from "#lib/authing/dialect.ts";
import type { Change, Dropped } from "#lib/contract/change.ts";
import type { DeliveryPorts } from "./context.ts";

/** What the dialect on the wire drops of a change. */
export const wireDropsOf = (
  change: Change,
  { authing }: Pick<DeliveryPorts, "authing">,
): readonly Dropped[] =>
  change.kind === "create" || change.kind === "update" ? droppedOnWire(change, authing.dialect) : [];

/** A change that names, too, what the dialect on the wire drops of it: `explain` and results tell it. */
export function withWireDrops<Of extends Change>(change: Of, ports: Pick<DeliveryPorts, "authing">): Of {
  if (change.kind !== "create" && change.kind !== "update") return change;
  const dropped = wireDropsOf(change, ports);
  return dropped.length === 0 ? change : { ...change, dropped: [...(change.dropped ?? []), ...dropped] };
}
