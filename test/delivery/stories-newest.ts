import { expect } from "vitest";
import { create, leave, outcomesOf, update, type Story } from "./story.ts";
import { personOf, told, type Message } from "./world.ts";

// One person's events in any order, each delivered once or twice, over ten minutes, one of them waiting for a token: of each field
// the newest statement counts.

const orders: readonly (readonly number[])[] = [
  [1, 2, 3, 4, 5, 6, 7, 8, 9],
  [9, 8, 7, 6, 5, 4, 3, 2, 1],
  [1, 3, 2, 5, 4, 7, 6, 9, 8],
  [8, 1, 7, 2, 6, 3, 5, 4, 9],
  [4, 7, 1, 8, 2, 9, 3, 6, 5],
  [6, 5, 9, 1, 7, 3, 8, 2, 4],
  [7, 4, 8, 5, 1, 9, 6, 2, 3],
  [3, 9, 5, 1, 8, 6, 2, 7, 4],
];

/** What the sender says, in the order in which it happens. `waiting`: the one that waits for a token. */
function life(waiting: number): readonly Message[] {
  const title = (value: string) => ({ customData: { title: value } });
  const rehired = personOf("1", { ...title("head"), phone: "13800000008", phoneCountryCode: "+86" });
  return [
    told("hr", "joined", "1", 1, [create("1", title("clerk"))]),
    told("hr", "mobile-changed", "1", 2, [update("1", { phone: "13800000002", phoneCountryCode: "+86" })]),
    told("hr", "renamed", "1", 3, [update("1", { name: "张三丰" })]),
    told("hr", "suspended", "1", 4, [update("1", { status: "Suspended" })]),
    told("hr", "unsuspended", "1", 5, [update("1", { status: "Activated" })]),
    told("hr", "title-changed", "1", 6, [update("1", title("lead"))]),
    told("hr", "left", "1", 7, [leave("1")]),
    told("hr", "rehired", "1", 8, [{ kind: "create", person: rehired, trail: {} }]),
    told("hr", "address-corrected", "1", 9, [update("1", { streetAddress: "和平路 9" })]),
  ].map((message, index) => {
    const payload = message.event.payload as object;
    const refused = index + 1 === waiting && { refused: true };
    return { ...message, event: { ...message.event, payload: { ...payload, ...refused } } };
  });
}

function anyOrder(order: readonly number[], waiting: number): Story {
  const events = life(waiting);
  return {
    name: `nine events in the order ${order.join(" ")}, of which ${waiting} waits for a token`,
    options: { direct: true },
    async play(world) {
      for (const [index, number] of order.entries()) {
        const event = events[number - 1];
        if (event) await world.deliver(index % 3 === 0 ? [event, event] : [event]);
        world.clock.pass(60);
        await world.deliver([]);
        const came = new Set(order.slice(0, index + 1).filter((each) => each !== waiting));
        // A minute after the departure came the account is closed, whatever waits, until something newer opens it.
        const isClosed = came.has(7) && !came.has(8);
        if (isClosed) expect(Object.values(world.statuses()), order.join()).not.toContain("Activated");
      }
      world.mend();
      world.clock.pass(1200);
      await world.deliver([]);
    },
    async check(world) {
      expect(world.pool.users()).toMatchObject([
        {
          externalId: "1",
          status: "Activated",
          name: "张三 1",
          phone: "13800000008",
          streetAddress: "和平路 9",
          customData: { title: "head" },
        },
      ]);
      const by = (id: string) => ({ by: id });
      expect((await world.ledger.subject("hr", "1"))?.told).toMatchObject({
        access: by("rehired"),
        phone: by("rehired"),
        streetAddress: by("address-corrected"),
        "customData.title": by("rehired"),
      });
      for (const outcome of await outcomesOf(world, events))
        expect(outcome?.kind).toMatch(/^(accepted|already-done|superseded)$/);
    },
    events,
  };
}

/** Two of them are small enough to be killed at every step. */
export const storiesOfNewest: readonly Story[] = orders.map((order, index) =>
  anyOrder(order, 1 + (index % 6)),
);
export const smallStoriesOfNewest: readonly Story[] = storiesOfNewest.slice(4, 6);
