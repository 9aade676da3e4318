import type { EventRecord } from "#lib/contract/ledger.ts";
import type { Trouble } from "./trouble.ts";
import type { World } from "./world.ts";

/** What is said in a world, and how. */
export interface Play<Said> {
  readonly world: World;
  readonly trouble: Omit<Trouble, "batchMode" | "unknownInLookUp" | "lookUpLagMilliseconds">;
  /** The names of the sources. */
  readonly sources: readonly string[];
  /** What is said, in the order in which it comes. */
  readonly said: readonly Said[];
  /** Brings what is said at a moment to the queue, and works on it. */
  tell(said: readonly Said[]): Promise<void>;
  /** The outcomes of events, in their order. */
  records(): readonly EventRecord[];
  /** What else happens after so many portions. */
  between?(portions: number): Promise<void>;
  /** Everything is said: what else happens, and what was wrong in the code or a setting is mended. */
  mend?(): void | Promise<void>;
}

/** Passing refusals are final after an hour. */
const passing: ReadonlySet<string | undefined> = new Set(["user-unknown", "identifier-in-use"]);

/** Says everything, lets it end, and has operators decide what is left. Resolves to the rules that did not hold on the way. */
export async function play<Said>(given: Play<Said>): Promise<string[]> {
  const { world, trouble, sources, said, tell, records, between, mend } = given;
  const { repeated, portion, pauseSeconds, faults, deaths, acts, decision } = trouble;
  world.pool.script(faults);
  let step = 0;
  for (const more of deaths) world.lives.endAt((step += more));
  const all = [...said];
  for (const { which, after } of repeated) {
    const again = said[which % said.length];
    if (again !== undefined) all.splice(which + after, 0, again);
  }
  for (let start = 0, portions = 0; start < all.length; start += portion, portions += 1) {
    await tell(all.slice(start, start + portion));
    if (start + portion < all.length) world.clock.pass(pauseSeconds);
    for (const act of acts) if (act.after === portions) await world.operate(act.request);
    await between?.(portions);
  }
  for (const source of sources) await world.operate({ operation: "resume", source });
  await mend?.();
  await world.operate({ operation: "redrive", kind: "dead" });
  await world.deliver([]);
  await world.deliverWaiting();
  const tooSoon = records()
    .filter(({ outcome, receivedAt, settledAt }) => {
      const hasWaited = Date.parse(settledAt) - Date.parse(receivedAt) >= 3_600_000;
      return outcome.kind === "rejected" && passing.has(outcome.reason) && !hasWaited;
    })
    .map(({ id }) => `${id} waits before it is refused`);
  if (decision !== "later") {
    await world.operate(
      decision === "release" ? { operation: "release" } : { operation: "discard", kind: "held" },
    );
  }
  // What was refused for a moment, or by a server that was in trouble, is tried again.
  for (let again = 0; again < 4 && (await isRefusedByTrouble(world, again)); again += 1) {
    await world.operate({ operation: "redrive", kind: "rejected" });
    await world.deliver([]);
    await world.deliverWaiting();
  }
  return tooSoon;
}

/** Twice for all, since one may wait for another, and again for what a failing server refuses. */
async function isRefusedByTrouble(world: World, times: number): Promise<boolean> {
  const { messages: rejected } = await world.parked.list({ kinds: ["rejected"] }, 100);
  const isFailing = rejected.some(({ reason }) =>
    /server|unknown-outcome|bad-request|not-confirmed/.test(reason),
  );
  return rejected.length > 0 && (times < 2 || isFailing);
}
