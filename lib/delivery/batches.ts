/**
 * Packs items into batches of at most `size`, in their order as far as may be: no two items of a batch share a claim, since
 * Authing would refuse the call.
 */
export function packed<Item>(
  items: readonly Item[],
  size: number,
  claimsOf: (item: Item) => readonly string[],
): Item[][] {
  // Most often all fit into one.
  const all = new Set<string>();
  if (items.length > 0 && items.length <= size && items.every((item) => isNew(all, claimsOf(item))))
    return [[...items]];
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

/** Whether none of the claims is in the set; adds them. */
function isNew(all: Set<string>, claims: readonly string[]): boolean {
  const before = all.size;
  for (const claim of claims) all.add(claim);
  return all.size === before + claims.length;
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
