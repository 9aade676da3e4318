import { expect } from "vitest";
import { orders } from "./plots.ts";
import { create, update, leave, range, outcomesOf, placed, type Story } from "./story.ts";
import { day, told } from "./world.ts";

// Deliveries that come twice, late, and in any order.

function duplicates(): Story {
  const event = told("hr", "hired-1", "1", 0, [create("1")]);
  const later = {
    ...event,
    reception: { ...event.reception, receivedAt: new Date(day + 3_600_000).toISOString() },
  };
  // Without the header that has its id, the sender's event goes by the hash of what it says.
  const nameless = { ...event, event: { ...event.event, id: "sha256-of-the-event" } };
  return {
    name: "a delivery that comes 20 times, an hour later, and without its id",
    async play(world) {
      await Promise.all(range(5).map(() => world.invoke([event])));
      await world.deliver(range(15).map(() => event));
      await world.restart();
      world.clock.pass(3600);
      await world.deliver([later]);
      await world.deliver([nameless]);
    },
    async check(world, whole) {
      // One call creates; the delivery without its id is known by what it tells.
      if (whole)
        expect(world.pool.requests.map(({ operation }) => operation)).toEqual(["create-users-batch"]);
      expect(world.statuses()).toEqual({ 1: "Activated" });
      expect(await outcomesOf(world, [event, nameless])).toMatchObject([
        { kind: placed(whole) },
        { kind: "already-done", by: "hr/hired-1" },
      ]);
    },
    events: [event, nameless],
  };
}

function outOfOrder(order: readonly number[]): Story {
  const hired = told("hr", "hired", "1", 1, [create("1")]);
  const updated = told("hr", "updated", "1", 2, [update("1", { city: "杭州" })]);
  const terminated = told("hr", "terminated", "1", 3, [leave("1")]);
  const events = [hired, updated, terminated];
  return {
    name: `hired, updated and terminated in the order ${order.join(", ")}`,
    async play(world) {
      await world.deliver(order.flatMap((index) => events[index - 1] ?? []));
    },
    async check(world) {
      // No person who has left is created for the sake of it: who was never there is not there in the end.
      const wasThere = order.indexOf(1) < order.indexOf(3);
      expect(world.statuses()).toEqual(wasThere ? { 1: "Resigned" } : {});
      expect(await world.ledger.subject("hr", "1")).toMatchObject({
        externalId: "1",
        isClosed: true,
        told: { access: { by: "terminated", at: terminated.event.occurredAt } },
      });
      const late = order.slice(order.indexOf(3) + 1).flatMap((index) => events[index - 1] ?? []);
      // Of an account that is there, a late mover still brings what nothing newer has told.
      for (const outcome of await outcomesOf(world, late))
        expect(outcome).toMatchObject(
          wasThere ? { kind: "accepted" } : { kind: "superseded", by: "hr/terminated" },
        );
      if (wasThere) expect(world.pool.users()).toMatchObject([{ city: "杭州" }]);
    },
    events,
  };
}

/** As they are told, which are small enough to be killed at every step. */
export const storiesOfOrder: readonly Story[] = [duplicates(), ...orders.map(outOfOrder)];
