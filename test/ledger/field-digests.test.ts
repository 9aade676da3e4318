import { createHmac } from "node:crypto";
import { expect, it } from "vitest";
import { digestLength, fieldDigests } from "#lib/ledger/field-digests.ts";
import { secretReader } from "#lib/pipeline/secret-reader.ts";

const digests = async (key = "an-invented-key-of-digests") =>
  fieldDigests(secretReader(async () => ({ current: { key } })));

it("are the same for the same value, whatever the order of its keys", async () => {
  const digest = (await digests())("okta", "10010");
  const phone = digest("phone", { phone: "13800000001", phoneCountryCode: "+86" });
  expect(phone).toBe(digest("phone", { phoneCountryCode: "+86", phone: "13800000001" }));
  expect(phone).toHaveLength(digestLength);
  expect(phone).toMatch(/^[\w-]+$/);
});

it("differ by value, field, person, source and key", async () => {
  const make = await digests();
  const all = [
    make("okta", "10010")("city", { city: "杭州" }),
    make("okta", "10010")("city", { city: "上海" }),
    make("okta", "10010")("province", { city: "杭州" }),
    make("okta", "10011")("city", { city: "杭州" }),
    make("clerk", "10010")("city", { city: "杭州" }),
    (await digests("another-invented-key"))("okta", "10010")("city", { city: "杭州" }),
  ];
  expect(new Set(all).size).toBe(all.length);
});

it("are of any value", async () => {
  const digest = (await digests())("okta", "10010");
  for (const value of [undefined, null, "", "\ud800", [], { a: [{ b: 1, a: 2 }] }, 0])
    expect(digest("customData.x", value)).toHaveLength(digestLength);
});

it("stay the same from one version of ours to the next, or every field would differ from what was told", async () => {
  const digest = (await digests())("okta", "10010");
  const hmac = (text: string) =>
    createHmac("sha256", "an-invented-key-of-digests")
      .update(text)
      .digest("base64url")
      .slice(0, digestLength);
  expect(digest("phone", { phoneCountryCode: "+86", phone: "13800000001" })).toBe(
    hmac('["okta","10010","phone"]{"phone":"13800000001","phoneCountryCode":"+86"}'),
  );
  expect(digest("city", undefined)).toBe(hmac('["okta","10010","city"]'));
});

it("need a key", async () => {
  const missing = fieldDigests(secretReader(async () => ({ current: { key: "short" } })));
  await expect(missing).rejects.toMatchObject({ reason: "secret-shape-wrong" });
});
