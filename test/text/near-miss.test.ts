import { expect, it } from "vitest";
import { nearMiss, nearMisses } from "#lib/text/near-miss.ts";

const sources = ["bamboohr", "clerk", "dingtalk", "feishu", "okta", "wecom"];

it.each([
  ["bambohr", "bamboohr"],
  ["bamboo-hr", "bamboohr"],
  ["Okta", "okta"],
  ["okat", "okta"],
  ["dingding", undefined],
  ["feishu2", "feishu"],
  ["admin", undefined],
  ["wp-login.php", undefined],
  [".env", undefined],
  ["", undefined],
  ["o", undefined],
  ["okta", undefined],
])("%s is near to %s", (word, near) => {
  expect(nearMiss(word, sources)).toBe(near);
});

it("finds the nearest of several, and nothing among none", () => {
  expect(nearMiss("--dryrun", ["--dry-run", "--run"])).toBe("--dry-run");
  expect(nearMiss("redrve", ["release", "redrive"])).toBe("redrive");
  expect(nearMiss("okta", [])).toBeUndefined();
});

it("compares no word that is longer than any name", () => {
  expect(nearMiss(`okt${"a".repeat(65)}`, sources)).toBeUndefined();
});

it.each([
  ["okat", ["okta"]],
  ["hr", []],
  ["google", ["google-workspace", "google-cloud"]],
  ["azure-entra", ["entra"]],
  ["entra", []],
  ["hibop", ["hibob", "hibobs"]],
  ["nothing", []],
])("several words may be meant by %s: %j", (word, near) => {
  const known = ["okta", "google-workspace", "google-cloud", "entra", "hibob", "hibobs"];
  expect(nearMisses(word, known)).toEqual(near);
});

it("tells of three words at most", () => {
  expect(nearMisses("hr-x", ["hr-a", "hr-b", "hr-c", "hr-d"])).toHaveLength(3);
});
