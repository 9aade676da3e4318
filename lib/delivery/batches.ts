/** What an item claims of each kind, in the same order for all items; `undefined` where it claims nothing of a kind. */
type Claims = readonly (string | undefined)[];

/**
 * Packs items into batches of at most `size`, in their order as far as may be: no two items of a batch share a claim, since
 * Authing would refuse the call.
 */
export function packed<Item>(
  items: readonly Item[],
  size: number,
  claimsOf: (item: Item) => Claims,
): Item[][] {
  const open: Open<Item>[] = [];
  for (const item of items) {
    const claims = claimsOf(item);
    let home = open.find((each) => hasRoom(each, size, claims));
    if (!home) {
      home = { batch: [], taken: claims.map(() => new Set()) };
      open.push(home);
    }
    home.batch.push(item);
    for (let kind = 0; kind < claims.length; kind += 1) {
      const claim = claims[kind];
      if (claim !== undefined) home.taken[kind]?.add(claim);
    }
  }
  return open.map(({ batch }) => batch);
}

interface Open<Item> {
  readonly batch: Item[];
  /** Of each kind. */
  readonly taken: readonly Set<string>[];
}

function hasRoom({ batch, taken }: Open<unknown>, size: number, claims: Claims): boolean {
  if (batch.length >= size) return false;
  for (let kind = 0; kind < claims.length; kind += 1) {
    const claim = claims[kind];
    if (claim !== undefined && taken[kind]?.has(claim)) return false;
  }
  return true;
}
