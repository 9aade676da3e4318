import { expect, it } from "vitest";
import { killedAtEach } from "../uploads/killed-at.ts";

// An import that is killed at each eleventh call to a port: half a second, where every call takes seconds.

it("an import that is killed has every row once", async () => {
  expect(await killedAtEach(11)).toBeGreaterThan(13);
});
