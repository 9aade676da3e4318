/**
 * Packs items into batches of at most `size`, in their order as far as may be: no two items of a batch share a claim, since
 * Authing would refuse the call.
 */
export function packed<Item>(
  items: readonly Item[],
  size: number,
  claimsOf: (item: Item) => readonly string[],
): Item[][] {
  const open: Open<Item>[] = [];
  for (const item of items) {
    const claims = claimsOf(item);
    let home = open.find((each) => hasRoom(each, size, claims));
    if (!home) {
      home = { batch: [], taken: new Set() };
      open.push(home);
    }
    home.batch.push(item);
    for (const claim of claims) home.taken.add(claim);
  }
  return open.map(({ batch }) => batch);
}

interface Open<Item> {
  readonly batch: Item[];
  readonly taken: Set<string>;
}

function hasRoom({ batch, taken }: Open<unknown>, size: number, claims: readonly string[]): boolean {
  if (batch.length >= size) return false;
  for (const claim of claims) if (taken.has(claim)) return false;
  return true;
}
