import type { BegunCreate } from "#lib/contract/ledger.ts";

/** Of so many events the creates are kept: each further one needs a worker that ended, and an account that none of them was asked about. */
const mostBegun = 4;

/** What was begun for a person, with one more: the same one again keeps the time at which it was begun first. */
export function withBegun(
  known: readonly BegunCreate[],
  more: BegunCreate | undefined,
): readonly BegunCreate[] {
  if (more === undefined || known.some((each) => isAgain(each, more))) return known;
  return [...known, more].slice(-mostBegun);
}

const isAgain = (one: BegunCreate, other: BegunCreate): boolean =>
  one.source === other.source &&
  one.id === other.id &&
  (["email", "phone", "username"] as const).every((kind) => one.digests[kind] === other.digests[kind]);
