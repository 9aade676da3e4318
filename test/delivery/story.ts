import { expect } from "vitest";
import type { Change, Update } from "#lib/contract/change.ts";
import { personOf, told, type Message, type World, type WorldOptions } from "./world.ts";

// What a story is, and the words it is told in.

/** What happens, and what must be true at its end, whatever dies on the way. */
export interface Story {
  readonly name: string;
  readonly options?: Omit<WorldOptions, "makeLedger">;
  /** Comes before; nothing dies yet. */
  prepare?(world: World): Promise<void>;
  play(world: World): Promise<void>;
  /** `whole`: nothing died, so that calls can be counted. */
  check(world: World, whole: boolean): Promise<void>;
  /** Events that have an outcome at the end. */
  readonly events: readonly Message[];
}

export const create = (externalId: string, over: object = {}): Change => ({
  kind: "create",
  person: personOf(externalId, over),
  trail: {},
});
/** A mover of the person that the event's subject names. */
export const mover = (person: Update["person"], more: Partial<Update> = {}): Update => ({
  kind: "update",
  who: {},
  person,
  complete: false,
  trail: {},
  ...more,
});
export const update = (externalId: string, person: Update["person"], complete = false): Change =>
  mover(person, { who: { externalId }, complete });
export const leave = (externalId?: string): Change => ({
  kind: "leave",
  who: externalId === undefined ? {} : { externalId },
});
export const secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
export const importOtp = (externalId: string, of = secret): Change => ({
  kind: "import-otp",
  who: { externalId },
  otp: { secret: of },
});

export const range = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => String(from + index));
export const joiners = (ids: readonly string[], source = "hr", minute = 0) =>
  ids.map((id) => told(source, `hired-${id}`, id, minute, [create(id)]));
export const leavers = (ids: readonly string[], source = "hr", minute = 30) =>
  ids.map((id) => told(source, `left-${id}`, id, minute, [leave(id)]));

export const callsOf = (world: World, operation: string) =>
  world.pool.requests.filter((request) => request.operation === operation);
export const countOf = (results: readonly { result?: string }[]) =>
  Object.fromEntries(
    [...Map.groupBy(results, ({ result = "" }) => result)].map(([result, all]) => [result, all.length]),
  );
export async function outcomesOf(world: World, events: readonly Message[]) {
  const records = await Promise.all(events.map(({ source, event }) => world.recordOf(source, event.id)));
  return records.map((record) => record?.outcome);
}

/** Accepted; after a death also already done, as no record says who did it. */
export const placed = (whole: boolean) =>
  whole ? "accepted" : expect.stringMatching(/^(accepted|already-done)$/);
