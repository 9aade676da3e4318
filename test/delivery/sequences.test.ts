import { describe, expect, it } from "vitest";
import * as fc from "../properties.ts";
import { live, sequence } from "./sequences.ts";

/** `SEQUENCES=100000` looks longer, `SEED=2` at others. */
const sequences = Number(process.env["SEQUENCES"] ?? 5_000);
const seed = Number(process.env["SEED"] ?? 20_260_301);

describe("random sequences of statements, duplicates, reorders, faults, deaths and decisions", () => {
  it("end in the state that the right order gives", async () => {
    const property = fc.asyncProperty(sequence, async (lives) => {
      const { broken } = await live(lives);
      if (broken.length > 0) throw new Error(broken.join("; "));
    });
    const result = await fc.check(property, { numRuns: sequences, seed });
    expect(result.failed, `${fc.defaultReportMessage(result)} ${String(result.errorInstance)}`).toBe(false);
  }, 3_600_000);
});
