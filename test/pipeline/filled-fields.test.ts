import { describe, expect, it } from "vitest";
import type { Change } from "#lib/contract/change.ts";
import { filledFields } from "#lib/pipeline/filled-fields.ts";
import { mover } from "../delivery/story.ts";
import { openOwnWorld } from "../delivery/own-world.ts";
import { personOf, told } from "../delivery/world.ts";

const create = (person: object): Change => ({
  kind: "create",
  person: { externalId: "1", ...person },
  trail: {},
});

describe("the fields that an event filled", () => {
  it.each<[what: string, changes: Change[], names: string | undefined]>([
    [
      "of a joiner are all that it tells, by name",
      [
        create({
          name: "张三",
          email: "zhang.san@example.com",
          phone: "13800138000",
          phoneCountryCode: "+86",
        }),
      ],
      "email,name,phone",
    ],
    [
      "are custom fields and departments, too",
      [create({ customData: { 岗位: "工程师", level: 3 }, departmentIds: ["d-1"], status: "Activated" })],
      "customData.level,customData.岗位,departments",
    ],
    ["of a joiner who brings nothing are none", [create({})], ""],
    ["of a complete update are counted", [mover({ city: "杭州" }, { complete: true })], "city"],
    ["of a part of a person say nothing", [mover({ city: "杭州" })], undefined],
    ["of a departure say nothing", [{ kind: "leave", who: {} }], undefined],
    ["of an event without changes say nothing", [], undefined],
  ])("%s", (_, changes, names) => {
    expect(filledFields(changes)).toBe(names);
  });

  it("are bounded", () => {
    const customData = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`field${index}`, "x"]));
    expect(filledFields([create({ customData })])?.split(",")).toHaveLength(60);
  });

  it("are in the line of the log that says what became of the event, and no value is", async () => {
    const world = await openOwnWorld();
    await world.deliver([told("hr", "joined", "1", 0, [create(personOf("1"))])]);
    const line = world.log.find((text) => text.includes("event settled"));
    expect(line).toContain('"fields":"');
    expect(line).toContain("email");
    expect(line).not.toContain("@");
  });
});
