import { describe, expect, it } from "vitest";
import { defineConfig } from "#lib/config.ts";
import { clerkUser, hired } from "./people.ts";
import { journey } from "./stack.ts";

describe("a leaver", () => {
  it("resigns by default", async () => {
    const { stack, send } = await journey();
    await send("bamboohr", hired());
    await send("bamboohr", {
      employees: [{ id: "10010", action: "Updated", fields: { Status: { value: "Inactive" } } }],
    });
    await stack.settled();
    expect(stack.sandbox?.users()).toMatchObject([{ externalId: "10010", status: "Resigned" }]);
  });

  it("who the source names by its own id only is found through the ledger", async () => {
    const { stack, send, person } = await journey();
    await send("clerk", clerkUser("user.created"), undefined, { id: "msg_1" });
    await stack.settled();
    const gone = { type: "user.deleted", timestamp: Date.now() + 1, data: { id: "user_1", deleted: true } };
    await send("clerk", gone, undefined, { id: "msg_2" });
    await stack.settled();
    expect(stack.sandbox?.users()).toMatchObject([{ externalId: "10010", status: "Resigned" }]);
    expect((await person("10010")).body.events).toMatchObject([
      { type: "user.created" },
      { type: "user.deleted" },
    ]);
  });

  it("is closed in the way that the configuration says", async () => {
    for (const [leave, left] of [
      ["suspend", [{ status: "Suspended" }]],
      ["deactivate", [{ status: "Deactivated" }]],
      ["delete", []],
    ] as const) {
      const { stack, send } = await journey({ config: defineConfig({ sources: { bamboohr: { leave } } }) });
      await send("bamboohr", hired());
      await send("bamboohr", { employees: [{ id: "10010", action: "Deleted", fields: {} }] });
      await stack.settled();
      expect(stack.sandbox?.users(), leave).toMatchObject(left);
    }
  });

  it("who is hired again by the same system gets their account back", async () => {
    const { stack, send, person } = await journey();
    await send("bamboohr", hired());
    await send("bamboohr", { employees: [{ id: "10010", action: "Deleted", fields: {} }] });
    await stack.settled();
    await send("bamboohr", hired({}, { City: { value: "杭州" } }));
    await stack.settled();
    expect(stack.sandbox?.users()).toMatchObject([
      { externalId: "10010", status: "Activated", city: "杭州" },
    ]);
    expect((await person("10010")).body.events.at(-1).outcome).toMatchObject({
      kind: "accepted",
    });
  });

  it("stays closed whatever another system says, and also where the configuration rejects rehiring", async () => {
    const { stack, send } = await journey({
      config: defineConfig({ sources: { bamboohr: { rehire: "reject" }, clerk: { people: "shared" } } }),
    });
    await send("bamboohr", hired());
    await send("bamboohr", { employees: [{ id: "10010", action: "Deleted", fields: {} }] });
    await stack.settled();
    await send("clerk", clerkUser("user.created"), undefined, { id: "msg_1" });
    await send("bamboohr", hired({}, { City: { value: "杭州" } }));
    await stack.settled();
    await send("clerk", clerkUser("user.updated", { banned: false, locked: false }), undefined, {
      id: "msg_2",
    });
    await stack.settled();
    expect(stack.sandbox?.users()).toMatchObject([{ status: "Resigned" }]);
    expect(stack.ledger.recent(3).map(({ outcome }) => outcome)).toMatchObject([
      { kind: "rejected", reason: "account-not-active" },
      { kind: "rejected", reason: "account-not-active" },
      { kind: "accepted" },
    ]);
  });

  it("wins over an older event that arrives later, whose other fields are applied", async () => {
    const { stack, send, person } = await journey();
    const now = Date.now();
    await send("clerk", { ...clerkUser("user.created"), timestamp: now - 9000 }, undefined, { id: "msg_1" });
    await stack.settled();
    const gone = { type: "user.deleted", timestamp: now, data: { id: "user_1", deleted: true } };
    await send("clerk", gone, undefined, { id: "msg_3" });
    await stack.settled();
    const edited = { ...clerkUser("user.updated", { banned: false, locked: false }), timestamp: now - 3000 };
    await send("clerk", edited, undefined, { id: "msg_2" });
    await stack.settled();
    expect(stack.sandbox?.users()).toMatchObject([{ status: "Resigned" }]);
    const { body } = await person("10010");
    expect(body.events.at(-1)).toMatchObject({
      outcome: { kind: "accepted" },
      superseded: { access: "clerk/msg_3" },
    });
  });
});
