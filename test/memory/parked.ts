import {
  hashOfId,
  isHashOf,
  type Parked,
  type ParkedMessage,
  type ParkedScope,
} from "#lib/contract/parked.ts";

/** Parked messages in memory, the oldest first. Why: see ledger.ts. */
export function memoryParked(): Parked {
  /** In the order in which they were parked; `at` counts the calls of `keep`. */
  const parked = new Map<string, { readonly at: number; readonly message: ParkedMessage }>();
  let kept = 0;
  const nameOf = ({ kind, message, ledgerId }: Parameters<Parked["remove"]>[0]) =>
    `${kind}/${message.source}/${ledgerId}`;
  const inScope = ({ kinds, source, id }: ParkedScope) =>
    [...parked.values()].filter(
      ({ message: { kind, message, ledgerId } }) =>
        kinds.includes(kind) &&
        (source === undefined || message.source === source) &&
        (id === undefined || isHashOf(hashOfId(ledgerId), id)),
    );
  return {
    async keep(entry) {
      kept += 1;
      // A message that is parked again stands behind the others.
      parked.delete(nameOf(entry));
      parked.set(nameOf(entry), { at: kept, message: entry });
    },
    async list(scope, limit, after) {
      const [from = 0, until = kept] = after?.split("-").map(Number) ?? [];
      const rest = inScope(scope).filter(({ at }) => at > from && at <= until);
      const page = rest.slice(0, limit);
      const last = page.at(-1);
      return {
        messages: page.map(({ message }) => message),
        ...(last && rest.length > page.length && { next: `${last.at}-${until}` }),
      };
    },
    async count(scope) {
      const groups = Map.groupBy(
        inScope(scope),
        ({ message: { kind, message } }) => `${kind}/${message.source}`,
      );
      return [...groups.values()].flatMap((all) => {
        const [first] = all;
        return first
          ? [{ kind: first.message.kind, source: first.message.message.source, count: all.length }]
          : [];
      });
    },
    async remove(entry) {
      parked.delete(nameOf(entry));
    },
    async due(now, limit) {
      return [...parked.values()]
        .map(({ message }) => message)
        .filter(({ kind, dueAt = "" }) => kind === "waiting" && Date.parse(dueAt) <= now)
        .slice(0, limit);
    },
  };
}
