// What a section of the benchmark is. A new one is a file beside this one and a line in run.ts.

/** What a case cost in one round, by what was measured, e.g. `{ "1 KB": 4.5, "10 KB": 14.1 }`. */
export type Costs = Readonly<Record<string, number>>;

export interface Case {
  readonly name: string;
  /** Runs for one round, in a process of its own (fresh-process.ts). */
  run(): Promise<Costs>;
  close?(): void;
}

/** Cost of one case over cost of another, taken within each round. */
export interface Ratio {
  readonly of: string;
  readonly to: string;
  /** Which of their costs. */
  readonly cost: string;
  readonly aim?: Aim;
}

/** What we would like. It is printed beside what was measured, never asserted: a machine is not a promise. */
export type Aim = { readonly atLeast: number } | { readonly atMost: number };

/** Something that is counted, not timed: sizes. */
export interface Count {
  readonly title: string;
  readonly value: number;
  readonly unit: string;
  readonly aim?: Aim;
}

export interface Section {
  /** What selects it: `npm run bench -- <name>`. */
  readonly name: string;
  /** One line: what is done, and in which unit its cost is. */
  readonly about: string;
  readonly rounds: number;
  prepare(): Promise<Prepared>;
}

export interface Prepared {
  readonly cases: readonly Case[];
  readonly ratios: readonly Ratio[];
  readonly counts?: readonly Count[];
  /** A case and its spoilt twin, which `--self-check` measures beside it: a section that cannot tell them apart is blind. */
  readonly spoilt?: { readonly name: string; readonly twin: Case };
  close?(): Promise<void>;
}

export function meets(value: number, aim: Aim): boolean {
  return "atLeast" in aim ? value >= aim.atLeast : value <= aim.atMost;
}
