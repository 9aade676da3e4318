import type { KeptMessage, Shelf } from "#lib/contract/parked.ts";

/** The shelf of a laptop: in memory, the oldest first. */
export function localShelf(): Shelf {
  const kept = new Map<string, KeptMessage>();
  const nameOf = ({ kind, message, ledgerId }: KeptMessage) => `${kind}/${message.source}/${ledgerId}`;
  return {
    async keep(entry) {
      kept.set(nameOf(entry), entry);
    },
    async list(kind, limit) {
      return [...kept.values()].filter((entry) => entry.kind === kind).slice(0, limit);
    },
    async remove(entry) {
      kept.delete(nameOf(entry));
    },
  };
}
