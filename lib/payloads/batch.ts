import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent } from "#lib/contract/source.ts";

/**
 * The events in a list of a delivery, each entry read by itself: an entry that cannot be read leaves the others alone. For
 * `split`, whose list of events may hold errors.
 *
 * @param path where the list is in the delivery, e.g. `data.events`.
 * @param read the events of one entry. It throws `InboundError` `malformed` for an entry that it cannot read, with a path that
 *   begins at the entry; in the result that error takes the entry's place, with the path from the delivery's root, e.g.
 *   `data.events[3].id`. Anything else that it throws goes through, since it is a mistake of ours.
 */
export function eachEntry(
  list: readonly unknown[],
  path: string,
  read: (entry: unknown) => SourceEvent | readonly SourceEvent[],
): (SourceEvent | InboundError)[] {
  return list.flatMap((entry, index) => {
    try {
      return read(entry);
    } catch (error) {
      if (!(error instanceof InboundError) || error.code !== "malformed") throw error;
      return new InboundError(error.code, error.reason, { path: joined(`${path}[${index}]`, error.path) });
    }
  });
}

function joined(place: string, inside = ""): string {
  return inside === "" || inside.startsWith("[") ? `${place}${inside}` : `${place}.${inside}`;
}
