import type { Parked, ParkedMessage } from "#lib/contract/parked.ts";

/** The parked messages of a laptop: in memory, the oldest first. */
export function localParked(): Parked {
  const parked = new Map<string, ParkedMessage>();
  const nameOf = ({ kind, message, ledgerId }: Parameters<Parked["remove"]>[0]) =>
    `${kind}/${message.source}/${ledgerId}`;
  return {
    async keep(entry) {
      parked.set(nameOf(entry), entry);
    },
    async list(kind, limit, source) {
      return [...parked.values()]
        .filter((entry) => entry.kind === kind && (source === undefined || entry.message.source === source))
        .slice(0, limit);
    },
    async remove(entry) {
      parked.delete(nameOf(entry));
    },
    async due(now, limit) {
      return [...parked.values()]
        .filter(({ kind, dueAt = "" }) => kind === "waiting" && Date.parse(dueAt) <= now)
        .slice(0, limit);
    },
  };
}
