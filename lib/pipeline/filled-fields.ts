import type { Change } from "#lib/contract/change.ts";
import { namesIn } from "./order.ts";

/** A line of the log stays small, whatever a source of the operator's own tells. */
const maxNames = 60;
/** Every event tells these, or decides about them in another way than by a field of the payload. */
const notCounted: ReadonlySet<string> = new Set(["externalId", "access", "departure", "otp"]);

/**
 * The names, never the values, of the fields that an event filled, for the log: `email,name,phone`. Only of events that tell all that
 * the source knows of a person, a joiner or a complete update: in any other event a missing field says nothing. From these lines
 * lib/watch/fields.ts finds a field that a source no longer fills.
 */
export function filledFields(changes: readonly Change[] = []): string | undefined {
  const whole = changes.find(
    (change) => change.kind === "create" || (change.kind === "update" && change.complete),
  );
  if (!whole || !("person" in whole)) return undefined;
  const names = namesIn({ ...whole, person: whole.whole ?? whole.person } as Change);
  return names
    .filter((name) => !notCounted.has(name) && !name.includes(","))
    .toSorted()
    .slice(0, maxNames)
    .join(",");
}
