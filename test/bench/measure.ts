import { meets, type Case, type Costs, type Ratio } from "./section.ts";

/** The costs of every case, one entry per round. */
export type Rounds = ReadonlyMap<string, readonly Costs[]>;

export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** When the rounds of one ratio differ by more than this factor, the machine was busy. */
const widestSpread = 1.6;
const extraRounds = 4;

/**
 * Runs every case once per round, in an order that rotates, so that other work of the machine affects all cases alike. When the
 * rounds of a ratio differ much, or its median misses the aim, up to four more rounds are added before `until` (milliseconds
 * since 1970).
 */
export async function measure(
  cases: readonly Case[],
  ratios: readonly Ratio[],
  { rounds, until }: { rounds: number; until: number },
): Promise<Rounds> {
  const measured = new Map<string, Costs[]>(cases.map(({ name }) => [name, []]));
  const doubtful = () =>
    ratios.some((ratio) => {
      const { median, least, most } = spread(ratioRounds(measured, ratio));
      return most / least > widestSpread || (ratio.aim !== undefined && !meets(median, ratio.aim));
    });
  try {
    for (let round = 0; round < rounds + extraRounds; round += 1) {
      if (round >= rounds && (Date.now() > until || !doubtful())) break;
      for (let place = 0; place < cases.length; place += 1) {
        const next = cases[(round + place) % cases.length] as Case;
        measured.get(next.name)?.push(await next.run());
      }
    }
  } finally {
    for (const { close } of cases) close?.();
  }
  return measured;
}

/** The ratio in each round. */
export function ratioRounds(rounds: Rounds, { of, to, cost }: Ratio): number[] {
  const divisors = costRounds(rounds, to, cost);
  return costRounds(rounds, of, cost).map((value, round) => value / (divisors[round] as number));
}

/** A cost of a case in each round. */
export function costRounds(rounds: Rounds, name: string, cost: string): number[] {
  return (rounds.get(name) ?? []).map((costs) => {
    const value = costs[cost];
    if (value === undefined) throw new TypeError(`case "${name}" has no cost "${cost}"`);
    return value;
  });
}

export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  const lower = sorted.length % 2 === 0 ? (sorted[middle - 1] ?? upper) : upper;
  return { median: (lower + upper) / 2, least: sorted[0] ?? Number.NaN, most: sorted.at(-1) ?? Number.NaN };
}
