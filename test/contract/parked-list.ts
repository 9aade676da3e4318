import type { Parked, ParkedKind, ParkedMessage } from "#lib/contract/parked.ts";

/** The messages of one kind, of one source or of all: the first `limit` ones. */
export async function parkedList(
  parked: Parked,
  kind: ParkedKind,
  limit: number,
  source?: string,
): Promise<readonly ParkedMessage[]> {
  const scope = { kinds: [kind], ...(source !== undefined && { source }) };
  return (await parked.list(scope, limit)).messages;
}
