/**
 * Packs items into batches of at most `size`, in their order as far as may be: no two items of a batch share a claim, since
 * Authing would refuse the call.
 */
export function packed<Item>(
  items: readonly Item[],
  size: number,
  claimsOf: (item: Item) => readonly string[],
): Item[][] {
  const open: { batch: Item[]; taken: Set<string> }[] = [];
  for (const item of items) {
    const claims = claimsOf(item);
    let home = open.find(
      ({ batch, taken }) => batch.length < size && !claims.some((claim) => taken.has(claim)),
    );
    if (!home) {
      home = { batch: [], taken: new Set() };
      open.push(home);
    }
    home.batch.push(item);
    for (const claim of claims) home.taken.add(claim);
  }
  return open.map(({ batch }) => batch);
}
