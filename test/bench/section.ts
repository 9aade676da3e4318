// A section of the benchmark. A new section is a file beside this one and a line in run.ts.

/** The costs of a case in one round, by the name of the cost, e.g. `{ "1 KB": 4.5, "10 KB": 14.1 }`. */
export type Costs = Readonly<Record<string, number>>;

export interface Case {
  readonly name: string;
  /** Runs for one round, in a process of its own (fresh-process.ts). */
  run(): Promise<Costs>;
  close?(): void;
}

/** The cost of one case divided by that of another, computed within each round. */
export interface Ratio {
  readonly of: string;
  readonly to: string;
  /** Which of their costs. */
  readonly cost: string;
  readonly aim?: Aim;
}

/** The aim. It is printed beside the measurement and never asserted, because the result depends on the machine. */
export type Aim = { readonly atLeast: number } | { readonly atMost: number };

/** A value that is counted, not timed, such as a size. */
export interface Count {
  readonly title: string;
  readonly value: number;
  readonly unit: string;
  readonly aim?: Aim;
}

export interface Section {
  /** The name that selects it: `npm run bench -- <name>`. */
  readonly name: string;
  /** One line: what is measured, and the unit of its cost. */
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
