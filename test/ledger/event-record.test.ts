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

test("a record says what was done, from which fields, and which fields were dropped", () => {
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

test("a record of an update names the fields that Authing takes only with a new account", () => {
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

test("a record of what was never translated has no subject, no changes, and happened when it was received", () => {
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
