import { controllers, type Controller } from "./rate-peers.ts";
import { models, type Set } from "./rate-models.ts";
import { trial, type Trial } from "./rate-trial.ts";
import type { Case, Costs, Count, Ratio, Section } from "./section.ts";

// This section measures behaviour in virtual time, not speed: each round has another seed, and the same seed gives the same numbers
// on every machine.

const rounds = 3;

interface Tried extends Trial {
  readonly name: string;
  readonly set: Set;
}

/** Every server, once with Retry-After and once without. */
async function tryAll(controller: Controller, seed: number): Promise<readonly Tried[]> {
  const tried: Tried[] = [];
  for (const model of models) {
    for (const tellsWhen of [true, false]) {
      const { name, set } = model;
      tried.push({ ...(await trial(controller, model, { seed, tellsWhen })), name, set });
    }
  }
  return tried;
}

const sets: readonly Set[] = ["tuned", "seen", "blind", "drawn"];

function costsOf(tried: readonly Tried[]): Costs {
  const bySet = sets.flatMap((set) => [
    [`${set}: use %`, mean(of(set, tried), "use")],
    [`${set}: 429 %`, mean(of(set, tried), "refused")],
  ]);
  return {
    "use %": mean(tried, "use"),
    "worst use %": worst(tried, "use").value,
    "429 %": mean(tried, "refused"),
    "worst 429 %": worst(tried, "refused").value,
    ...(Object.fromEntries(bySet) as Costs),
  };
}

function of(set: Set, tried: readonly Tried[]): readonly Tried[] {
  return tried.filter((each) => each.set === set);
}

function mean(tried: readonly Tried[], what: keyof Trial): number {
  return (tried.reduce((sum, each) => sum + each[what], 0) / tried.length) * 100;
}

/** The server with the worst mean, over both kinds of refusal and all seeds. */
function worst(tried: readonly Tried[], what: keyof Trial): { name: string; value: number } {
  const means = [...Map.groupBy(tried, ({ name }) => name)].map(([name, own]) => ({
    name,
    value: mean(own, what),
  }));
  const sorted = means.toSorted((one, other) => one.value - other.value);
  return sorted.at(what === "use" ? 0 : -1) ?? { name: "", value: Number.NaN };
}

function rateCase(name: string, run: (seed: number) => Promise<readonly Tried[]>): Case {
  let seed = 0;
  return { name, run: async () => costsOf(await run((seed += 1))) };
}

/** A controller that never learns of a refusal. */
function deaf(controller: Controller): Controller {
  return {
    open(clock, limit) {
      const pace = controller.open(clock, limit);
      return {
        async permit(deadline) {
          const permit = await pace.permit(deadline);
          return permit && { ...permit, throttled: () => undefined };
        },
      };
    },
  };
}

async function prepare() {
  const ours = controllers["ours"] as Controller;
  const seeds = Array.from({ length: rounds }, (_, index) => index + 1);
  const bySeed = new Map<number, readonly Tried[]>();
  for (const seed of seeds) bySeed.set(seed, await tryAll(ours, seed));

  const all = [...bySeed.values()].flat();
  const counts = sets.flatMap((set): Count[] => {
    const tried = of(set, all);
    const leastUsed = worst(tried, "use");
    const mostRefused = worst(tried, "refused");
    return [
      { title: `ours, ${set}, mean use`, value: mean(tried, "use"), unit: "%", aim: { atLeast: 93 } },
      {
        title: `ours, ${set}, mean share of 429`,
        value: mean(tried, "refused"),
        unit: "%",
        aim: { atMost: 1 },
      },
      {
        title: `ours, ${set}, least use: ${leastUsed.name}`,
        value: leastUsed.value,
        unit: "%",
        aim: { atLeast: 65 },
      },
      { title: `ours, ${set}, most 429: ${mostRefused.name}`, value: mostRefused.value, unit: "%" },
    ];
  });
  const ratios: Ratio[] = [
    { of: "ours", to: "AWS adaptive (CUBIC)", cost: "use %", aim: { atLeast: 1.08 } },
    { of: "ours", to: "AWS adaptive (CUBIC)", cost: "429 %", aim: { atMost: 0.5 } },
    { of: "ours", to: "AWS adaptive (CUBIC)", cost: "blind: use %", aim: { atLeast: 1.08 } },
    { of: "ours", to: "AWS adaptive (CUBIC)", cost: "blind: 429 %", aim: { atMost: 0.5 } },
    { of: "ours", to: "AIMD, +5 % a second, ×0.7", cost: "use %" },
    { of: "ours", to: "AIMD, +5 % a second, ×0.7", cost: "429 %" },
    { of: "ours", to: "half the limit, fixed", cost: "use %" },
    { of: "ours", to: "twice the limit, fixed, back-off", cost: "429 %" },
  ];
  return {
    cases: Object.entries(controllers).map(([name, controller]) =>
      rateCase(name, async (seed) => (name === "ours" && bySeed.get(seed)) || tryAll(controller, seed)),
    ),
    ratios,
    counts,
    spoilt: { name: "ours", twin: rateCase("ours, deaf to refusals", (seed) => tryAll(deaf(ours), seed)) },
  };
}

export const rate: Section = {
  name: "rate",
  about: `finding the rate that a server accepts; ${models.length} servers, with and without Retry-After, in virtual time`,
  rounds,
  prepare,
};
