import { describe, expect, test } from "vitest";
import { calendarDay } from "#lib/fields/date.ts";
import { email, status, text } from "#lib/fields/encode.ts";
import { externalId } from "#lib/fields/external-id.ts";
import { joiner, leaver, mover, tellsNothing } from "#lib/fields/person.ts";
import { phone } from "#lib/fields/phone.ts";
import { at, type Read } from "#lib/fields/read.ts";

const user = { id: "u1", formerId: "u0", mail: "Zoe@example.com", mobile: "1380", city: "杭州" };
const id = externalId(at(user, "id"));
const mail = email(at(user, "mail"));
const city = text("city", at(user, "city"));

describe("a joiner", () => {
  test("is created with its fields, where each came from, and what was dropped", () => {
    expect(joiner([id, mail, phone(at(user, "mobile"), "CN")])).toEqual({
      kind: "create",
      person: { externalId: "u1", email: "zoe@example.com" },
      trail: { externalId: "id · trimmed", email: "mail · lower-case" },
      dropped: [{ path: "mobile", problem: "phone-invalid" }],
    });
  });

  test("has nothing dropped when every field was used", () => {
    expect(joiner([id, mail])).not.toHaveProperty("dropped");
  });
});

describe("a mover", () => {
  test("is the person of the id among its fields, or of the one that is given", () => {
    expect(mover([id, city]).who).toEqual({ externalId: "u1" });
    expect(mover([id, city], { id: at(user, "formerId") }).who).toEqual({ externalId: "u0" });
    expect(mover([city]).who).toEqual({});
    expect(mover([id, city], { id: at(user, "nothing") }).who).toEqual({});
  });

  test.each([
    ["an e-mail address", [id, mail], true],
    ["a username", [id, text("username", at(user, "id"))], true],
    ["a mobile number", [id, phone({ value: "13800138000", path: "mobile" }, "CN")], true],
    ["neither", [id, city], false],
  ])("is complete when it has a field to sign in with: %s", (_, fields, complete) => {
    expect(mover(fields).complete).toBe(complete);
    expect(mover(fields, { isWhole: false }).complete).toBe(false);
  });

  test("that holds only changed fields also holds the whole person, where an account can be created from it", () => {
    expect(mover([id, city], { whole: [id, mail, city] })).toMatchObject({
      person: { externalId: "u1", city: "杭州" },
      complete: true,
      whole: { externalId: "u1", email: "zoe@example.com", city: "杭州" },
    });
    expect(mover([id, city], { whole: [id, city] })).toMatchObject({ complete: false, lacksLogin: true });
    expect(mover([id, city], { whole: [id, mail], isWhole: false })).not.toHaveProperty("whole");
  });
});

describe("a leaver", () => {
  test("is the person of an id, or of the event's subject where there is none", () => {
    expect(leaver(at(user, "id"))).toEqual({ kind: "leave", who: { externalId: "u1" } });
    expect(leaver({ value: 10010, path: "id" })).toEqual({ kind: "leave", who: { externalId: "10010" } });
    expect(leaver({ value: " ", path: "id" })).toEqual({ kind: "leave", who: {} });
  });
});

const takers: [what: string, take: (read: Read) => unknown][] = [
  ["the field", externalId],
  ["a leaver", leaver],
  ["a mover", (id) => mover([city], { id })],
];
test.each(takers)("an id that is too long is refused, not cut off, by %s", (_, take) => {
  const idOf = (length: number) => ({ value: "1".repeat(length), path: "event.id" });
  expect(() => take(idOf(255))).not.toThrow();
  for (const length of [256, 2000]) {
    expect(() => take(idOf(length))).toThrow("malformed: external-id-too-long; at event.id");
  }
});

test.each(takers)("an id that is present and cannot be used is refused, not dropped, by %s", (_, take) => {
  for (const [value, reason] of [
    ["10\u000001", "external-id-invalid"],
    [{}, "external-id-invalid"],
    [1.5, "external-id-invalid"],
    ["10\u202e01", "external-id-ambiguous"],
  ]) {
    expect(() => take({ value, path: "event.id" })).toThrow(`malformed: ${String(reason)}; at event.id`);
  }
  expect(() => take({ value: "1001\u200e", path: "event.id" })).not.toThrow();
});

describe("a change tells nothing", () => {
  test("when it holds the id alone, by which the person is known already", () => {
    expect(tellsNothing(joiner([id]))).toBe(true);
    expect(tellsNothing(joiner([]))).toBe(true);
    expect(tellsNothing(mover([id]))).toBe(true);
    expect(tellsNothing(mover([], { id: at(user, "id") }))).toBe(true);
  });

  test("unless it holds a field, another id, or something that was dropped", () => {
    expect(tellsNothing(joiner([id, city]))).toBe(false);
    expect(tellsNothing(mover([id], { id: at(user, "formerId") }))).toBe(false);
    expect(tellsNothing(mover([id, phone(at(user, "mobile"), "CN")]))).toBe(false);
  });
});

describe("a field that decides which person is meant or who may sign in", () => {
  const unknown = status({ value: "Inactif", path: "state" }, { active: "Activated" });

  test("is never dropped: a status that is not understood, an id that is no text", () => {
    expect(() => joiner([id, mail, unknown])).toThrow("malformed: status-unknown; at state");
    expect(() => mover([id, unknown])).toThrow("malformed: status-unknown; at state");
    for (const value of [{ number: 1 }, ["u1"], 1.5, true, "u\u00001", "u\ud800"]) {
      expect(() => externalId({ value, path: "id" })).toThrow("malformed: external-id-invalid; at id");
      expect(() => leaver({ value, path: "id" })).toThrow("external-id-invalid");
    }
    for (const value of [undefined, null, "", " "])
      expect(externalId({ value, path: "id" }).fields).toEqual({});
  });
});

describe("days ahead, and ids that change", () => {
  test("are part of the change where they are given", () => {
    expect(leaver(at(user, "id"), { lastDay: "2026-02-28" })).toHaveProperty("lastDay", "2026-02-28");
    expect(leaver(at(user, "id"), { lastDay: undefined })).not.toHaveProperty("lastDay");
    expect(joiner([id, mail], { firstDay: "2026-03-01" })).toHaveProperty("firstDay", "2026-03-01");
    expect(mover([id], { newSubject: "u2", createsAfterSeconds: 60, departure: "none" })).toMatchObject({
      newSubject: "u2",
      createsAfterSeconds: 60,
      departure: "none",
    });
    expect(tellsNothing(mover([id], { departure: "none" }))).toBe(false);
  });

  test("are read where they have one reading only", () => {
    expect(calendarDay({ value: "2026-2-8", path: "last" })).toBe("2026-02-08");
    expect(calendarDay({ value: "", path: "last" })).toBeUndefined();
    expect(() => calendarDay({ value: "08/02/2026", path: "last" })).toThrow(
      "malformed: date-ambiguous; at last",
    );
    expect(() => calendarDay({ value: "2026-02-30", path: "last" })).toThrow(
      "malformed: date-invalid; at last",
    );
  });
});
