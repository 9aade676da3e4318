import { expect, it } from "vitest";
import { openOwnWorld } from "../delivery/own-world.ts";
import { create, mover } from "../delivery/story.ts";
import { told } from "../delivery/world.ts";

it("what was refused in part is sent again, also where its event had waited before", async () => {
  const departments = ["d-1"];
  const world = await openOwnWorld({ departments });
  const moved = mover({ city: "杭州", departmentIds: ["d-2"] });
  await world.deliver([
    told("hr", "hired", "1", 0, [create("1")]),
    told("hr", "moved", "1", 1, [moved], { refused: true }),
  ]);
  world.mend();
  await world.deliverWaiting();
  expect(await world.recordOf("hr", "moved")).toMatchObject({ outcome: { kind: "rejected" } });
  departments.push("d-2");
  await world.operate({ operation: "redrive", kind: "rejected" });
  expect(world.pool.users()).toMatchObject([{ departmentIds: ["d-2"] }]);
});
