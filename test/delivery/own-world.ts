import { onTestFinished } from "vitest";
import { memoryLedger } from "../memory/ledger.ts";
import { openWorld, type World, type WorldOptions } from "./world.ts";

/** A world in memory without the network, whose sources speak about their own people, for the length of one test. */
export async function openOwnWorld(options: Omit<WorldOptions, "makeLedger"> = {}): Promise<World> {
  const world = await openWorld({ makeLedger: memoryLedger, direct: true, people: "own", ...options });
  onTestFinished(() => world.close());
  return world;
}
