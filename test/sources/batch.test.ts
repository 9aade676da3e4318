import { expect, it } from "vitest";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent } from "#lib/contract/source.ts";
import { eachEntry } from "#lib/payloads/batch.ts";

const event = (id: string): SourceEvent => ({
  id,
  subject: id,
  type: "changed",
  occurredAt: "2026-01-31T18:42:05.000Z",
  payload: {},
});
const refusing = (path?: string) => () => {
  throw new InboundError("malformed", "id-missing", path === undefined ? {} : { path });
};

it("gives the events of every entry, in order", () => {
  const read = (entry: unknown) =>
    entry === "none" ? [] : entry === "two" ? [event("2"), event("3")] : event("1");
  expect(eachEntry(["one", "none", "two"], "list", read).map((each) => (each as SourceEvent).id)).toEqual([
    "1",
    "2",
    "3",
  ]);
  expect(eachEntry([], "list", read)).toEqual([]);
});

it("puts an error in the place of an entry that cannot be read, and goes on", () => {
  const read = (entry: unknown) => (entry === "bad" ? refusing("who.id")() : event("1"));
  expect(eachEntry(["good", "bad", "good"], "data.list", read)).toMatchObject([
    { id: "1" },
    { code: "malformed", reason: "id-missing", path: "data.list[1].who.id" },
    { id: "1" },
  ]);
});

it.each([
  [undefined, "list[0]"],
  ["id", "list[0].id"],
  ["['First name']", "list[0]['First name']"],
])("gives the path in the delivery: %s is %s", (inside, path) => {
  expect(eachEntry([{}], "list", refusing(inside))).toMatchObject([{ path }]);
});

it("does not hide a defect of our code, nor a failure that may succeed later", () => {
  const mistake = () => {
    throw new TypeError("undefined is not a function");
  };
  const later = () => {
    throw new InboundError("unavailable", "source-unreachable");
  };
  expect(() => eachEntry([{}], "list", mistake)).toThrow(TypeError);
  expect(() => eachEntry([{}], "list", later)).toThrow("unavailable");
});
