import { describe, expect, it } from "vitest";
import type { KeptMessage, Shelf } from "#lib/contract/parked.ts";

/** What every shelf promises. `make` gives an empty one. */
export function shelfSuite(name: string, make: () => Shelf | Promise<Shelf>): void {
  const keptOf = (id: string, changed: Partial<KeptMessage> = {}): KeptMessage => ({
    kind: "dead",
    message: {
      kind: "event",
      source: "bamboohr",
      event: {
        id,
        subject: "10010",
        type: "t",
        occurredAt: "2026-03-01T00:00:00.000Z",
        payload: { name: "张三 😀" },
      },
      reception: { receivedAt: "2026-03-01T00:00:01.000Z", proof: "hmac-sha256" },
    },
    ledgerId: id,
    reason: "translation-failed",
    attempts: 1,
    since: "2026-03-01T00:00:01.000Z",
    ...changed,
  });

  describe(`the shelf ${name}`, () => {
    it("gives back what was kept, whole, by its kind", async () => {
      const shelf = await make();
      expect(await shelf.list("dead", 10)).toEqual([]);
      await shelf.keep(keptOf("e-1"));
      await shelf.keep(keptOf("e-1", { kind: "held", reason: "mass-departure" }));
      expect(await shelf.list("dead", 10)).toEqual([keptOf("e-1")]);
      expect(await shelf.list("held", 10)).toEqual([
        keptOf("e-1", { kind: "held", reason: "mass-departure" }),
      ]);
    });

    it("has a message once, with its newest reason", async () => {
      const shelf = await make();
      await shelf.keep(keptOf("e-1"));
      await shelf.keep(keptOf("e-1", { reason: "still-unknown", attempts: 2 }));
      expect(await shelf.list("dead", 10)).toEqual([keptOf("e-1", { reason: "still-unknown", attempts: 2 })]);
    });

    it("lists no more than asked, and nothing that was taken away", async () => {
      const shelf = await make();
      for (const id of ["e-1", "e-2", "e-3"]) await shelf.keep(keptOf(id));
      expect(await shelf.list("dead", 2)).toHaveLength(2);
      await shelf.remove(keptOf("e-2"));
      await shelf.remove(keptOf("e-2"));
      const left = (await shelf.list("dead", 10)).map(({ ledgerId }) => ledgerId);
      expect(left.toSorted()).toEqual(["e-1", "e-3"]);
    });
  });
}
