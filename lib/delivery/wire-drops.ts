import { droppedOnWire } from "#lib/authing/dialect.ts";
import type { Change } from "#lib/contract/change.ts";
import type { DeliveryPorts } from "./context.ts";

/** A change that names, too, what the dialect on the wire drops of it: `explain` and results tell it. */
export function withWireDrops<Of extends Change>(
  change: Of,
  { authing }: Pick<DeliveryPorts, "authing">,
): Of {
  if (change.kind !== "create" && change.kind !== "update") return change;
  const dropped = droppedOnWire(change, authing.dialect);
  return dropped.length === 0 ? change : { ...change, dropped: [...(change.dropped ?? []), ...dropped] };
}
