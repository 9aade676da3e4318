import { expect, test } from "vitest";
import type { Change } from "#lib/contract/change.ts";
import { eventRecord, outcomesKeptSeconds } from "#lib/ledger/event-record.ts";

const now = Date.UTC(2026, 10, 22, 8);
const reception = { receivedAt: "2026-11-22T07:00:00.000Z", proof: "hmac-sha256" };
const joiner: Change = {
  kind: "create",
  person: { externalId: "1", name: "张三" },
  trail: { name: "fields.name · text" },
  dropped: [{ path: "fields.phone", problem: "phone-invalid" }],
};
const mover: Change = {
  kind: "update",
  who: { externalId: "1" },
  person: { tenantIds: ["t-1"], email: "zoë@example.com" },
  complete: false,
  trail: { email: "fields.email · email" },
};

test("a record names the action, the fields that it came from, and the dropped fields", () => {
  const record = eventRecord(
    {
      key: { source: "hr", id: "e-1" },
      type: "hired",
      subject: "42",
      externalId: "1",
      occurredAt: "2026-11-22T06:00:00.000Z",
      reception,
      changes: [
        joiner,
        { kind: "import-otp", who: { externalId: "1" }, otp: { secret: "JBSWY3DPEHPK3PXP" } },
      ],
      outcome: { kind: "accepted", userId: "u-1" },
    },
    now,
  );
  expect(record).toEqual({
    source: "hr",
    id: "e-1",
    type: "hired",
    subject: "42",
    externalId: "1",
    occurredAt: "2026-11-22T06:00:00.000Z",
    receivedAt: "2026-11-22T07:00:00.000Z",
    settledAt: "2026-11-22T08:00:00.000Z",
    proof: "hmac-sha256",
    changes: ["create", "import-otp"],
    trail: { name: "fields.name · text" },
    dropped: [{ path: "fields.phone", problem: "phone-invalid" }],
    outcome: { kind: "accepted", userId: "u-1" },
  });
});

test("a record of an update names the fields that Authing accepts only with a new account", () => {
  const { dropped } = eventRecord(
    {
      key: { source: "hr", id: "e-2" },
      type: "moved",
      reception,
      changes: [mover],
      outcome: { kind: "accepted" },
    },
    now,
  );
  expect(dropped).toEqual([{ path: "tenantIds", problem: "only-at-create" }]);
});

test("a record of several changes has the trails and the dropped fields of all of them", () => {
  const { trail, dropped } = eventRecord(
    {
      key: { source: "hr", id: "e-6" },
      type: "hired",
      reception,
      // A new account takes every field.
      changes: [{ ...joiner, person: { externalId: "1", tenantIds: ["t-1"] } }, mover],
      outcome: { kind: "accepted" },
    },
    now,
  );
  expect(trail).toEqual({ name: "fields.name · text", email: "fields.email · email" });
  expect(dropped).toEqual([
    { path: "fields.phone", problem: "phone-invalid" },
    { path: "tenantIds", problem: "only-at-create" },
  ]);
});

test("a record of an event that was never translated has no subject, no changes, and the time of its receipt", () => {
  const outcome = { kind: "dead", reason: "body-not-json" } as const;
  const record = eventRecord(
    { key: { source: "hr", id: "e-3" }, type: "unreadable", reception, outcome },
    now,
  );
  expect(record).toEqual({
    source: "hr",
    id: "e-3",
    type: "unreadable",
    subject: "",
    occurredAt: reception.receivedAt,
    ...reception,
    settledAt: "2026-11-22T08:00:00.000Z",
    changes: [],
    trail: {},
    outcome,
  });
});

test("outcomes are kept for 90 days", () => {
  expect(outcomesKeptSeconds / 86_400).toBe(90);
});

test("a record of an event that is too large for a ledger is cut, and says so", () => {
  const label = "工号".repeat(200_000);
  const change: Change = {
    ...joiner,
    trail: {
      ...Object.fromEntries(
        Array.from({ length: 5_000 }, (_, index) => [`customData.f${index}`, `fields.${index} · text`]),
      ),
      name: `fields.${label} · text`,
    },
    dropped: Array.from({ length: 5_000 }, (_, index) => ({
      path: `${index === 0 ? label : "工号".repeat(200)}${index}`,
      problem: "unknown-field",
    })),
  };
  const subject = "s".repeat(500_000);
  const outcome = { kind: "accepted" } as const;
  const changes: Change[] = [
    change,
    ...Array.from({ length: 5_000 }, () => ({ kind: "leave", who: {} }) as const),
  ];
  const record = eventRecord(
    { key: { source: "hr", id: "e-4" }, type: "hired", subject, reception, changes, outcome },
    now,
  );
  expect(Buffer.byteLength(JSON.stringify(record))).toBeLessThan(200_000);
  // The commas between its entries, and the entry that says how many were cut.
  expect(Buffer.byteLength(JSON.stringify(record.dropped))).toBeLessThan(60_500);
  expect(Object.keys(record.trail)).toHaveLength(201);
  expect(record.changes).toHaveLength(100);
  expect(record.trail["…"]).toBe("4801 more, cut");
  expect(record.trail["customData.f0"]).toBe("fields.0 · text");
  expect(record.dropped?.at(-1)).toEqual({
    path: "…",
    problem: `${5_000 - (record.dropped?.length ?? 0) + 1}-more-cut`,
  });
  expect(record.subject).toBe(`${"s".repeat(149)}…${"s".repeat(149)}`);
});

test("a long path keeps its beginning and the rule at its end", () => {
  const whole = `fields.${"x".repeat(286)} · text`;
  const change: Change = {
    ...joiner,
    trail: { name: `fields.${"x".repeat(430_000)} · text`, email: whole },
  };
  const outcome = { kind: "accepted" } as const;
  const { trail } = eventRecord(
    { key: { source: "hr", id: "e-5" }, type: "hired", reception, changes: [change], outcome },
    now,
  );
  expect(trail["name"]).toMatch(/^fields\.x+…x+ · text$/);
  expect(trail["name"]?.length).toBeLessThanOrEqual(300);
  expect(trail["email"]).toBe(whole);
});
