import { describe, expect, it } from "vitest";
import { lockIdsOf } from "#lib/pipeline/knowledge.ts";
import { mover } from "../delivery/story.ts";
import { personOf, told } from "../delivery/world.ts";
import { memoryLedger } from "../memory/ledger.ts";

describe("the ids under which an event may need a lock", () => {
  const ledger = memoryLedger();
  const lockIds = (changes: Parameters<typeof lockIdsOf>[1]) =>
    lockIdsOf(told("hr", "event", "s-1", 0, changes), changes, { ledger });

  it("are of every id that its person has had", async () => {
    await ledger.recordPeople([{ externalId: "1", userId: "u-1", createdBy: "hr", owner: "hr" }]);
    await ledger.renamePerson("1", "2");
    expect(await lockIds([{ kind: "create", person: personOf("1"), trail: {} }])).toEqual({
      lockIds: ["1", "2"],
      newIds: [],
    });
  });

  it("are of the source's own id where no id of ours is known, and of none where the delivery cannot be read", async () => {
    expect(await lockIds([mover({ city: "杭州" })])).toEqual({ lockIds: ["hr/s-1"], newIds: [] });
    const reception = { receivedAt: "2026-03-02T01:00:00.000Z", proof: "hmac-sha256" };
    const delivery = { method: "POST", headers: {}, rawQuery: "", payload: "" } as never;
    const unreadable = {
      kind: "unreadable",
      source: "hr",
      id: "1",
      reason: "json-invalid",
      delivery,
      reception,
    } as const;
    expect(await lockIdsOf(unreadable, [], { ledger })).toEqual({ lockIds: [], newIds: [] });
  });
});
