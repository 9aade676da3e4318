import type { EventRecord, Ledger } from "#lib/contract/ledger.ts";

/** Makes an empty ledger that reads the time from `now` (milliseconds since 1970), which the suite moves as it likes. */
export type MakeLedger = (now: () => number) => Ledger | Promise<Ledger>;

/** An outcome of today, with the fields that a test needs. */
export function recordAt(time: number, changed: Partial<EventRecord> = {}): EventRecord {
  return {
    source: "bamboohr",
    id: "e-1",
    type: "employee.created",
    subject: "工号-10010",
    externalId: "10010",
    occurredAt: "2026-03-01T00:00:00.000Z",
    receivedAt: "2026-03-01T00:00:01.000Z",
    settledAt: new Date(time).toISOString(),
    proof: "hmac-sha256",
    changes: ["create"],
    trail: { externalId: "employees[0].fields.Employee # · text" },
    dropped: [{ path: "employees[0].fields.Mobile Phone", problem: "phone-invalid" }],
    superseded: { email: "bamboohr/e-0" },
    outcome: { kind: "accepted", requestId: "r-1", userId: "u-1", statusCode: 200 },
    ...changed,
  };
}
