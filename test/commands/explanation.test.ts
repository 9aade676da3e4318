import { describe, expect, it } from "vitest";
import { elsewhereText, explanation, portrait } from "#infra/commands/explanation.ts";
import { localTime } from "#infra/commands/local-time.ts";
import type { ExplainedEvent } from "#lib/operations/explain.ts";

const event: ExplainedEvent = {
  source: "okta",
  id: "e-1",
  type: "user.account.update_profile",
  subject: "00u1",
  externalId: "00u1",
  occurredAt: "2026-11-26T03:00:00.000Z",
  receivedAt: "2026-11-26T03:00:01.000Z",
  proof: "static-header",
  changes: ["update"],
  trail: { name: "profile · full name" },
};
const telling = { asked: "00u1", place: "", language: "en" } as const;
const settled = { ...event, settledAt: "2026-11-26T03:00:02.000Z" };

describe("an explanation", () => {
  it("says which fields were superseded by which event, and which were dropped", () => {
    const text = explanation(
      {
        ...settled,
        outcome: { kind: "accepted", userId: "u-1" },
        superseded: { phone: "okta/e-2" },
        dropped: [{ path: "departments", problem: "more-than-50-departments" }],
      },
      telling,
    );
    expect(text).toMatch(/name +profile +full name/);
    expect(text).toMatch(/phone +— +superseded by okta\/e-2/);
    expect(text).toMatch(/departments +dropped: more-than-50-departments/);
    expect(text).toMatch(/Authing user +u-1/);
  });

  it("says until when an event waits, and what lapses", () => {
    const parked = {
      kind: "waiting",
      reason: "date-ahead",
      attempts: 1,
      dueAt: "2026-11-30T16:00:00.000Z",
    } as const;
    const waits = explanation({ ...event, parked }, telling);
    expect(waits).toContain(`until ${localTime(parked.dueAt)}, the day that it names`);
    expect(waits).not.toContain("outcome");
    expect(waits).not.toContain("lapses");
    const lapsed = explanation({ ...event, parked: { ...parked, lapsedBy: "okta/e-3" } }, telling);
    expect(lapsed).toMatch(/lapses +okta\/e-3 has said something newer/);
  });

  it("labels the other account of a conflict as the other account", () => {
    const outcome = {
      kind: "rejected",
      reason: "conflict",
      field: "email",
      userId: "u-2",
      by: "hr/e-9",
    } as const;
    const text = explanation({ ...settled, outcome, otherExternalId: "10011" }, telling);
    expect(text).toMatch(/outcome +rejected conflict \(email\)/);
    expect(text).toMatch(/brought by +hr\/e-9/);
    expect(text).toMatch(/other account +u-2/);
    expect(text).toMatch(/other person +10011/);
  });

  it("of a row says where its results are, which fields the account has otherwise, and that nothing was done", () => {
    const row = {
      ...settled,
      source: "uploads",
      id: "staff.csv-df185fbfb462/line 8",
      changes: ["create"] as const,
    };
    const text = explanation(
      { ...row, outcome: { kind: "already-done", differs: ["email", "name"] } },
      telling,
    );
    expect(text).toMatch(/at Authing +nothing: it was there already/);
    expect(text).toMatch(/results +results\/staff\.csv-df185fbfb462\/ of the bucket/);
    expect(text).toMatch(/differs +email, name: /);
    const rejected = explanation(
      { ...row, changes: [], outcome: { kind: "rejected", reason: "phone-invalid" } },
      telling,
    );
    expect(rejected).toContain("country code");
    expect(rejected).toContain("rejected.csv, .tsv or .ndjson");
    const updated = explanation({ ...row, outcome: { kind: "accepted", reason: "updated" } }, telling);
    expect(updated).toMatch(/at Authing +update$/m);
  });

  it("of a person says which source they belong to, which sources closed the account, and their earlier ids", () => {
    const person = { externalId: "2", userId: "u-1", createdBy: "hr/e-1", closedBy: ["hr"], formerly: ["1"] };
    const text = portrait({ ...person, owner: "hr" }, "1");
    for (const line of [/^person 2$/m, /asked as +1/, /formerly +1/, /belongs to +hr/, /closed by +hr/]) {
      expect(text).toMatch(line);
    }
    expect(portrait(person, "2")).toMatch(/belongs to +no source/);
  });
});

describe("where nothing is known", () => {
  const elsewhere = { sources: [{ name: "okta" }], unreadable: 0, unread: 0 };
  const text = (asked: string, askedAuthing = false) =>
    elsewhereText(elsewhere, asked, { language: "en", place: "--stage prod", askedAuthing });

  it("an address is not repeated, and Authing's answer is told where it was asked", () => {
    expect(text("li.si@example.com")).not.toContain("li.si");
    expect(text("li.si@example.com")).not.toMatch(/at Authing/);
    expect(text("+86 13900139000")).not.toContain("139");
    expect(text("13900139000", true)).not.toContain("139");
    expect(text("13900139000", true)).toMatch(/at Authing +no account has this address/);
    expect(text("10010")).toContain('"10010"');
  });

  it("a row's place is said to be in its results", () => {
    expect(text("staff.csv-df185fbfb462/line 99")).toMatch(/row +its place is that of accepted\.ndjson/);
    expect(text("10010")).not.toContain("accepted.ndjson");
  });

  it("the short id of a parked message has the command that shows it", () => {
    expect(text("807908ba75")).toMatch(/npm run parked -- show 807908ba75 --stage prod$/m);
    expect(text("10010")).not.toContain("parked -- show");
  });
});
