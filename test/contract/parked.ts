import { beforeEach, describe, expect, it } from "vitest";
import { parkedKinds, shortIdOf, type Parked, type ParkedMessage } from "#lib/contract/parked.ts";
import { parkedList } from "./parked-list.ts";

/** The contract of parked messages, wherever they are stored. `make` gives an empty place. */
export function parkedSuite(name: string, make: () => Parked | Promise<Parked>): void {
  const minute = 60_000;
  const start = Date.UTC(2026, 2, 1);
  const at = (minutes: number) => new Date(start + minutes * minute).toISOString();

  const parkedOf = (
    id: string,
    changed: Partial<ParkedMessage> = {},
    source = "bamboohr",
  ): ParkedMessage => ({
    kind: "dead",
    message: {
      kind: "event",
      source,
      event: {
        id,
        subject: "10010",
        type: "t",
        occurredAt: "2026-03-01T00:00:00.000Z",
        payload: { name: "张三 😀", half: "\uD83D" },
      },
      reception: { receivedAt: "2026-03-01T00:00:01.000Z", proof: "hmac-sha256" },
    },
    ledgerId: id,
    reason: "translation-failed",
    attempts: 1,
    since: "2026-03-01T00:00:01.000Z",
    ...changed,
  });
  const waiting = (id: string, minutes: number, changed: Partial<ParkedMessage> = {}) =>
    parkedOf(id, { kind: "waiting", reason: "user-unknown", dueAt: at(minutes), ...changed });
  const idsOf = (messages: readonly ParkedMessage[]) => messages.map(({ ledgerId }) => ledgerId).toSorted();

  describe(`parked messages ${name}`, () => {
    let parked: Parked;
    beforeEach(async () => {
      parked = await make();
    });
    const dueIds = async (minutes: number, limit = 100) =>
      idsOf(await parked.due(start + minutes * minute, limit));

    it("are returned unchanged, by their kind", async () => {
      expect(await parkedList(parked, "dead", 10)).toEqual([]);
      const each = [
        parkedOf("e-1", { path: "employees[0].fields.姓名", hint: "mend it", externalId: "10010" }),
        parkedOf("e-1", { kind: "held", reason: "mass-departure" }),
        parkedOf("e-1", { kind: "rejected", reason: "conflict" }),
        waiting("e-1", 5),
      ];
      for (const message of each) await parked.keep(message);
      for (const message of each) expect(await parkedList(parked, message.kind, 10)).toEqual([message]);
    });

    it("exist once each, as they were kept last", async () => {
      await parked.keep(parkedOf("e-1"));
      await parked.keep(parkedOf("e-1", { reason: "still-unknown", attempts: 2 }));
      expect(await parkedList(parked, "dead", 10)).toEqual([
        parkedOf("e-1", { reason: "still-unknown", attempts: 2 }),
      ]);
    });

    it("are listed of one source or of all, oldest first, no more than asked, and none that was removed", async () => {
      for (const [index, id] of ["e-3", "e-1", "e-2"].entries()) {
        await parked.keep(parkedOf(id, { since: at(index) }));
      }
      await parked.keep(parkedOf("e-1", { since: at(3) }, "clerk"));
      await parked.keep(parkedOf("e-1", { since: at(3) }, "clerk-2"));
      expect((await parkedList(parked, "dead", 10, "bamboohr")).map(({ ledgerId }) => ledgerId)).toEqual([
        "e-3",
        "e-1",
        "e-2",
      ]);
      expect((await parkedList(parked, "dead", 10, "clerk")).map(({ message }) => message.source)).toEqual([
        "clerk",
      ]);
      expect(await parkedList(parked, "dead", 10)).toHaveLength(5);
      expect(await parkedList(parked, "dead", 2)).toHaveLength(2);
      await parked.remove(parkedOf("e-1"));
      await parked.remove(parkedOf("e-1"));
      expect(idsOf(await parkedList(parked, "dead", 10, "bamboohr"))).toEqual(["e-2", "e-3"]);
      expect(await parkedList(parked, "dead", 10, "clerk")).toHaveLength(1);
    });

    it("are listed of several kinds, page by page, each once, and not again when they are parked anew meanwhile", async () => {
      const ids = Array.from({ length: 7 }, (_, index) => `e-${index}`);
      for (const [index, id] of ids.entries()) await parked.keep(parkedOf(id, { since: at(index) }));
      await parked.keep(parkedOf("e-9", { kind: "rejected", since: at(9) }));
      await parked.keep(parkedOf("e-10", { kind: "held", since: at(10) }));
      const seen: string[] = [];
      let after: string | undefined;
      let pages = 0;
      do {
        const page = await parked.list({ kinds: ["dead", "rejected"] }, 3, after);
        expect(page.messages.length).toBeLessThanOrEqual(3);
        seen.push(...idsOf(page.messages));
        for (const message of page.messages) await parked.remove(message);
        // The next whole second: a message that is parked again within the same one may be listed twice.
        if (pages === 0) await reparked();
        after = page.next;
        pages += 1;
      } while (after !== undefined);
      expect(pages).toBe(3);
      expect(seen.toSorted()).toEqual([...ids, "e-9"].toSorted());
      async function reparked(): Promise<void> {
        const [first = ""] = seen;
        const start = Date.now();
        await expect.poll(() => Date.now() - start, { timeout: 5000 }).toBeGreaterThan(1100);
        await parked.keep(parkedOf(first, { attempts: 2 }));
      }
    });

    it("are found by their id, whole or short, of any kind and source", async () => {
      await parked.keep(parkedOf("e-1"));
      await parked.keep(parkedOf("e-1", { kind: "held" }, "clerk"));
      await parked.keep(parkedOf("e-2"));
      const find = async (id: string, source?: string) =>
        (await parked.list({ kinds: parkedKinds, id, ...(source !== undefined && { source }) }, 10)).messages;
      expect(idsOf(await find("e-1"))).toEqual(["e-1", "e-1"]);
      expect(idsOf(await find(shortIdOf("e-2")))).toEqual(["e-2"]);
      expect((await find(shortIdOf("e-1"), "clerk")).map(({ kind }) => kind)).toEqual(["held"]);
      expect(await find("e")).toEqual([]);
      expect(await find(shortIdOf("e-3"))).toEqual([]);
    });

    it("are counted by kind and source", async () => {
      expect(await parked.count({ kinds: parkedKinds })).toEqual([]);
      for (const id of ["e-1", "e-2"]) await parked.keep(parkedOf(id));
      await parked.keep(parkedOf("e-1", {}, "clerk"));
      await parked.keep(waiting("e-1", 5));
      const counts = await parked.count({ kinds: ["dead", "waiting"] });
      expect(counts.map(({ kind, source, count }) => `${count} ${kind} ${source}`).toSorted()).toEqual([
        "1 dead clerk",
        "1 waiting bamboohr",
        "2 dead bamboohr",
      ]);
      expect(await parked.count({ kinds: ["dead"], source: "clerk" })).toEqual([
        { kind: "dead", source: "clerk", count: 1 },
      ]);
    });

    it("are due when their time has come, and stay until they are removed", async () => {
      await parked.keep(waiting("e-1", 5));
      await parked.keep(waiting("e-2", 6));
      await parked.keep(parkedOf("e-3"));
      expect(await parked.due(start + 5 * minute - 1, 100)).toEqual([]);
      expect(await parked.due(start + 5 * minute, 100)).toEqual([waiting("e-1", 5)]);
      expect(await dueIds(10)).toEqual(["e-1", "e-2"]);
      await parked.remove(waiting("e-1", 5));
      expect(await dueIds(10)).toEqual(["e-2"]);
      expect(idsOf(await parkedList(parked, "waiting", 10))).toEqual(["e-2"]);
    });

    it("are due at the time with which they were kept last, whether it is earlier or later", async () => {
      await parked.keep(waiting("later", 5));
      await parked.keep(waiting("later", 50));
      await parked.keep(waiting("earlier", 50));
      await parked.keep(waiting("earlier", 5));
      expect(await dueIds(5)).toEqual(["earlier"]);
      expect(await dueIds(49)).toEqual(["earlier"]);
      expect(await dueIds(50)).toEqual(["earlier", "later"]);
    });

    it("are due again after they were given back with another time", async () => {
      await parked.keep(waiting("e-1", 5));
      const [message] = await parked.due(start + 5 * minute, 100);
      await parked.keep({ ...(message ?? waiting("e-1", 5)), dueAt: at(35) });
      expect(await dueIds(34)).toEqual([]);
      expect(await dueIds(35)).toEqual(["e-1"]);
      await parked.keep(waiting("e-1", 5));
      expect(await dueIds(6)).toEqual(["e-1"]);
      expect(await dueIds(35)).toEqual(["e-1"]);
    });

    it("may be due on any day, also on a mistyped one", async () => {
      await parked.keep(waiting("past", 0, { dueAt: "1970-01-01T00:00:00.000Z" }));
      await parked.keep(waiting("far", 0, { dueAt: "+010000-01-01T05:00:00.000Z" }));
      await parked.keep(waiting("farther", 0, { dueAt: "+275760-09-13T00:00:00.000Z" }));
      expect(await dueIds(0)).toEqual(["past"]);
    });

    it("are all returned as due, no more than asked at a time, not counting outdated entries", async () => {
      const ids = Array.from({ length: 40 }, (_, index) => `e-${index}`);
      await Promise.all(ids.map((id) => parked.keep(waiting(id, 1))));
      await Promise.all(ids.slice(0, 20).map((id) => parked.keep(waiting(id, 90))));
      const seen = new Set<string>();
      for (let round = 0; round < 20 && seen.size < 20; round += 1) {
        const due = await parked.due(start + 2 * minute, 8);
        expect(due.length).toBeLessThanOrEqual(8);
        for (const message of due) {
          seen.add(message.ledgerId);
          await parked.remove(message);
        }
      }
      expect([...seen].toSorted()).toEqual(ids.slice(20).toSorted());
      expect(await dueIds(2)).toEqual([]);
      expect(await dueIds(90)).toEqual(ids.slice(0, 20).toSorted());
    });
  });
}
