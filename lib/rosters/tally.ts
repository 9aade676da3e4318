/** Name → number: what a run counts. */
export type Tally = Readonly<Record<string, number>>;

/** Adds tallies. Names beyond `most` are counted together as `…`, so that a tally stays small whatever a source tells. */
export function added(one: Tally = {}, other: Tally = {}, most = Infinity): Tally {
  const sum: Record<string, number> = { ...one };
  for (const [name, count] of Object.entries(other)) {
    const isKnown = Object.hasOwn(sum, name);
    const key = isKnown || Object.keys(sum).length < most ? name : "…";
    sum[key] = (sum[key] ?? 0) + count;
  }
  return sum;
}

/** How often each name occurs. */
export function tallied(names: Iterable<string>): Tally {
  const tally: Record<string, number> = {};
  for (const name of names) tally[name] = (Object.hasOwn(tally, name) ? (tally[name] ?? 0) : 0) + 1;
  return tally;
}
