import { describe, expect, test } from "vitest";
import { readId } from "#lib/payloads/body.ts";
import clerk from "#lib/sources/clerk/index.ts";
import type { VerifiedDelivery } from "#lib/contract/source.ts";

describe("a sender's id", () => {
  test.each([
    [10010, "10010"],
    [" ou_1 ", "ou_1"],
    ["张三", "张三"],
    ["１００１", "１００１"],
  ])("%j is %j", (value, id) => {
    expect(readId(value)).toBe(id);
  });

  test.each([
    "",
    " ",
    "10\u000001",
    "10\n01",
    "10\u200101\u200b",
    "1001\u200e",
    "10\u007f",
    "10\ud800",
    1.5,
    true,
    {},
  ])("is missing where it cannot be read exactly: %j", (value) => {
    expect(readId(value)).toBeUndefined();
  });

  test("with invisible characters makes an event unreadable, and never names another person", () => {
    const payload = Buffer.from(
      JSON.stringify({ type: "user.deleted", data: { id: "user_1\u200b", deleted: true } }),
    );
    const delivery = { payload, deliveryId: "msg_1", receivedAt: 0 } as unknown as VerifiedDelivery;
    expect(() => clerk.split(delivery)).toThrow("malformed: id-missing; at data.id");
  });
});
