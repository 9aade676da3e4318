import { describe, expect, it } from "vitest";
import { kindOf, placeOf } from "#lib/uploads/upload-place.ts";

const sources = ["bamboohr", "my-hr"];

describe("the place of an upload", () => {
  it.each([
    ["incoming/users/people.csv", { kind: "users" }],
    ["incoming/users/bamboohr/people.csv", { kind: "users", source: "bamboohr" }],
    ["incoming/users/my-hr/名单 2026.csv", { kind: "users", source: "my-hr" }],
    ["incoming/otp/otp.csv", { kind: "otp" }],
  ])("%s says %o", (key, place) => {
    expect(kindOf({ key })).toBe(place.kind);
    expect(placeOf({ key }, sources)).toEqual(place);
  });

  it.each([
    ["incoming/users/okta/people.csv", "source-unknown"],
    ["incoming/users/2026/people.csv", "source-unknown"],
    ["incoming/users/BambooHR/people.csv", "source-unknown"],
    ["incoming/users//people.csv", "source-unknown"],
    ["incoming/users/bamboohr/2026/people.csv", "folder-unknown"],
    ["incoming/otp/bamboohr/otp.csv", "folder-unknown"],
  ])("%s is refused as %s, with what to do", (key, reason) => {
    expect(kindOf({ key })).toBeDefined();
    expect(() => placeOf({ key }, sources)).toThrow(
      expect.objectContaining({
        code: "malformed",
        reason,
        hint: expect.stringContaining("incoming/users/"),
      }),
    );
  });

  it.each([
    "incoming/users/",
    "incoming/users/bamboohr/",
    "incoming/otp/",
    "incoming/other/people.csv",
    "results/x/incoming/users/people.csv",
    "people.csv",
  ])("%s is no upload", (key) => {
    expect(kindOf({ key })).toBeUndefined();
  });
});
