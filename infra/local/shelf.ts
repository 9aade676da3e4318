import type { KeptMessage, Shelf } from "#lib/pipeline/ports.ts";

/** The shelf of a laptop: in memory, the oldest first. */
export function localShelf(): Shelf {
  const kept = new Map<string, KeptMessage>();
  const nameOf = ({ kind, message }: KeptMessage) =>
    `${kind}/${message.source}/${message.kind === "event" ? message.event.id : message.id}`;
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
