import { expect, it } from "vitest";
import type { Answer } from "#lib/authing/answer.ts";
import type { Failure } from "#lib/authing/failures.ts";
import { attempt } from "#lib/delivery/attempt.ts";
import type { DeliveryContext } from "#lib/delivery/context.ts";

/** What the pace is told of one call with this answer. */
async function toldOf(failure: Partial<Failure>): Promise<readonly unknown[]> {
  const told: unknown[] = [];
  const permit = {
    accepted: () => void told.push("accepted"),
    throttled: (seconds?: number) => void told.push(["throttled", seconds]),
  };
  const context = {
    pace: { permit: async () => permit, perSecond: 1 },
    clock: { now: () => 0, wait: async () => {}, random: () => 0 },
    log: { info() {}, warn() {}, error() {} },
    deadline: 1,
  };
  const answer = { ok: false, failure: { scope: "batch", retry: "after-lookup", ...failure } };
  await attempt(context as unknown as DeliveryContext, async () => answer as Answer<never>);
  return told;
}

it("tells the pace of a 503 as of a refusal, and of any other answer as of an accepted call", async () => {
  expect(await toldOf({ kind: "unknown-outcome", httpStatus: 503 })).toEqual([["throttled", undefined]]);
  expect(await toldOf({ kind: "unknown-outcome", httpStatus: 503, retryAfterSeconds: 7 })).toEqual([
    ["throttled", 7],
  ]);
  expect(await toldOf({ kind: "unknown-outcome", httpStatus: 502 })).toEqual(["accepted"]);
  expect(await toldOf({ kind: "unknown-outcome" })).toEqual([]);
});
