import { expect } from "vitest";
import type { PeoplePolicy } from "#lib/contract/policies.ts";
import { create, leave, outcomesOf, update, type Story } from "./story.ts";
import { personOf, told } from "./world.ts";
import { parkedList } from "../contract/parked-list.ts";

// Which source may speak about which person: another source's person, and people who return under a new id.

/** HR's person, an identity provider where anybody signs up, and a chat system. */
function anotherSourcesPerson(chat: PeoplePolicy): Story {
  const email = "p10010@example.com";
  const events = [
    told("idp", "signed-up", "u-1", 1, [create("10010", { email: "u1@example.com", city: "elsewhere" })]),
    told("idp", "edited", "u-1", 2, [update("10010", { email: "u1@example.com", emailVerified: true })]),
    told("idp", "with-their-address", "u-2", 1, [create("u-2", { email })]),
    // Its id cannot be used, and no weaker identifier takes its place.
    told("idp", "without-id", "u-3", 1, [
      { kind: "create", person: { email, name: "Zoë" }, trail: {} },
      { kind: "import-otp", who: { email }, otp: { secret: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP" } },
    ]),
    told("idp", "deleted", "u-1", 3, [leave("10010")]),
    told("chat", "deleted", "10010", 3, [leave("10010")]),
  ];
  return {
    name: `another source's person, where the chat system's people are ${chat}`,
    options: { people: { hr: "own", idp: "own", chat }, direct: true },
    async prepare(world) {
      await world.deliver([told("hr", "hired", "10010", 0, [create("10010", { city: "杭州" })])]);
    },
    async play(world) {
      await world.deliver(events);
    },
    async check(world) {
      const status = chat === "shared" ? "Resigned" : "Activated";
      expect(world.pool.users()).toMatchObject([{ externalId: "10010", email, city: "杭州", status }]);
      expect(world.pool.users()).toHaveLength(1);
      expect(world.pool.otpOf(world.pool.users()[0]?.userId ?? "")).toBeUndefined();
      const another = { kind: "rejected", reason: "person-of-another-source", by: "hr/hired" };
      expect(await outcomesOf(world, events)).toMatchObject([
        { kind: "already-done", by: "hr/hired" },
        another,
        { kind: "rejected", reason: "conflict", field: "email", by: "hr/hired" },
        { kind: "rejected", reason: "conflict", field: "email", by: "hr/hired" },
        another,
        chat === "shared" ? { kind: "accepted" } : another,
      ]);
    },
    events,
  };
}

/** A leaver comes back under a new id, and another leaver's address is given to another person. */
function backAgain(): Story {
  const phone = { phone: "13800000001", phoneCountryCode: "+86" };
  const events = [
    told("hr", "returned", "11", 2, [create("11", { ...phone, email: "new@example.com" })]),
    told("hr", "namesake", "12", 2, [create("12", { email: "p2@example.com" })]),
  ];
  return {
    name: "a leaver who comes back under a new id, and a namesake with a leaver's address",
    options: { people: "own", direct: true },
    async prepare(world) {
      await world.deliver([
        told("hr", "hired-1", "1", 0, [create("1", phone)]),
        told("hr", "hired-2", "2", 0, [create("2")]),
        told("hr", "left-1", "1", 1, [leave("1")]),
        told("hr", "left-2", "2", 1, [leave("2")]),
      ]);
    },
    async play(world) {
      await world.deliver(events);
      if (world.lives.deaths === 0) {
        const held = { kind: "held", reason: "returned-under-new-id" };
        expect(await outcomesOf(world, events)).toMatchObject([
          { ...held, field: "phone", by: "hr/hired-1" },
          { ...held, field: "email", by: "hr/hired-2" },
        ]);
        expect(world.statuses()).toEqual({ 1: "Resigned", 2: "Resigned" });
        // A plain release does not decide whose account it is.
        await world.operate({ operation: "release" });
        expect(world.statuses()).toEqual({ 1: "Resigned", 2: "Resigned" });
      }
      await world.operate({ operation: "release", id: "returned", as: "same" });
      await world.operate({ operation: "discard", id: "namesake", kind: "held" });
      // The account follows its person from then on.
      await world.deliver([told("hr", "moved", "11", 3, [update("11", { city: "杭州" })])]);
    },
    async check(world) {
      expect(world.pool.users()).toMatchObject([
        { ...phone, externalId: "11", email: "new@example.com", status: "Activated", city: "杭州" },
        { externalId: "2", status: "Resigned" },
      ]);
      expect(world.pool.users()).toHaveLength(2);
      expect(await world.ledger.person("1")).toMatchObject({
        externalId: "11",
        formerly: ["1"],
        owner: "hr",
      });
      expect(await outcomesOf(world, events)).toMatchObject([
        { kind: "accepted" },
        { kind: "rejected", reason: "discarded" },
      ]);
      expect(await parkedList(world.parked, "held", 10)).toEqual([]);
    },
    events,
  };
}

/** B takes the address that A gives up, and B's event comes first. */
function addressGivenUp(): Story {
  const events = [
    told("hr", "takes", "2", 2, [update("2", { email: "p1@example.com" })]),
    told("hr", "joins-with-it", "3", 2, [create("3", { email: "p4@example.com" })]),
    told("hr", "gives-up", "1", 1, [update("1", { email: "other@example.com" })]),
    told("hr", "gives-up-too", "4", 1, [update("4", personOf("4", { email: "another@example.com" }))]),
  ];
  return {
    name: "an address is taken before the event that gives it up has come",
    options: { people: "own", direct: true },
    async prepare(world) {
      await world.deliver(["1", "2", "4"].map((id) => told("hr", `hired-${id}`, id, 0, [create(id)])));
    },
    async play(world) {
      await world.deliver(events.slice(0, 2));
      if (world.lives.deaths === 0)
        expect(await outcomesOf(world, events.slice(0, 2))).toEqual([undefined, undefined]);
      await world.deliver(events.slice(2));
      world.clock.pass(60);
      await world.deliver([]);
      // Within a minute.
      if (world.lives.deaths === 0)
        expect(world.pool.users().map(({ email }) => email)).toContain("p1@example.com");
    },
    async check(world) {
      const addresses = world.pool.users().map(({ externalId, email }) => [externalId, email]);
      expect(Object.fromEntries(addresses)).toEqual({
        1: "other@example.com",
        2: "p1@example.com",
        3: "p4@example.com",
        4: "another@example.com",
      });
    },
    events,
  };
}

/** Small enough to be killed at every step. */
export const storiesOfAuthority: readonly Story[] = [
  anotherSourcesPerson("own"),
  anotherSourcesPerson("shared"),
  backAgain(),
  addressGivenUp(),
];
