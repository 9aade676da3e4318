import { describe, expect, it } from "vitest";
import type { VerifiedDelivery } from "#lib/contract/source.ts";
import { jsonEvent, type JsonEventPaths } from "#lib/payloads/json-event.ts";

const receivedAt = Date.parse("2026-01-31T18:42:05.678Z");
const sentAt = Date.parse("2026-01-31T18:42:05.000Z");
const delivery = (body: object): VerifiedDelivery => ({
  method: "POST",
  headers: {},
  rawQuery: "",
  query: new URLSearchParams(),
  payload: Buffer.from(JSON.stringify(body)),
  receivedAt,
  sentAt,
  deliveryId: undefined,
});
const event = (paths: Partial<JsonEventPaths>, more: object = {}) =>
  jsonEvent({ subject: "person", type: "what", ...paths })(
    delivery({ person: 7, what: "left", number: "e1", when: "2026-01-31T10:00:00+08:00", ...more }),
  )[0];

describe("the identity of an event of an operator's own sender", () => {
  it("is the sender's id, whenever the delivery came", () => {
    expect(event({ id: "number" })).toMatchObject({ id: "e1", occurredAt: new Date(sentAt).toISOString() });
    expect(event({ id: "number" })).not.toHaveProperty("isUndated");
    expect(event({ id: "number", occurredAt: "when" })).not.toHaveProperty("isUndated");
  });

  it("is its content, its time included, where it has no id", () => {
    const dated = event({ occurredAt: "when" });
    expect(dated).toMatchObject({ occurredAt: "2026-01-31T02:00:00.000Z" });
    expect(dated).not.toHaveProperty("isUndated");
    expect(event({ occurredAt: "when" })?.id).toBe(dated?.id);
    expect(event({ occurredAt: "when" }, { when: "2026-01-31T10:00:01+08:00" })?.id).not.toBe(dated?.id);
  });

  it.each([{}, { occurredAt: "absent" }, { occurredAt: "empty" }])(
    "is its content alone where it has neither, and its time is that of its receipt: %o",
    (paths) => {
      expect(event(paths, { empty: " " })).toMatchObject({
        isUndated: true,
        occurredAt: new Date(receivedAt).toISOString(),
      });
    },
  );

  it.each(["31/01/2026", "2026-01-31T10:00:00", "soon", { day: 31 }])(
    "is never guessed from a time that cannot be read: %o",
    (when) => {
      expect(() => event({ occurredAt: "when" }, { when })).toThrow("malformed: time-unreadable; at when");
    },
  );
});
