import { describe, expect, it } from "vitest";
import { kept, kinds } from "./input.ts";
import { mutated } from "./mutations.ts";
import { targetsOf } from "./targets.ts";

// What `npm run fuzz` has found stays mended; and a few random inputs of each kind, always the same ones.

const inputsOfEach = 6;

describe.each(kinds)("changed inputs, %s", (kind) => {
  const targets = new Map(targetsOf(kind).map((target) => [target.name, target]));

  it("end with a result or an InboundError", async () => {
    expect(targets.size).toBeGreaterThan(5);
    for (const { seeds, attempt, name } of targets.values()) {
      expect(seeds.length, name).toBeGreaterThan(0);
      for (const input of mutated(seeds, inputsOfEach, 1)) await attempt(input);
    }
  });

  it("that failed once do so, too", async () => {
    for (const [file, input] of kept()) {
      if (input.kind !== kind) continue;
      const target = targets.get(input.name);
      expect(target, file).toBeDefined();
      await target?.attempt(input);
    }
  });
});
