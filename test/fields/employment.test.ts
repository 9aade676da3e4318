import { describe, expect, test } from "vitest";
import { employeeChanged, hired, type EmploymentWords } from "#lib/fields/employment.ts";
import { text } from "#lib/fields/encode.ts";
import { externalId } from "#lib/fields/external-id.ts";
import { at } from "#lib/fields/read.ts";

const words: EmploymentWords = { active: "employed", "on leave": "employed", left: "ended" };

function said(record: { status?: unknown; end?: unknown }) {
  const whole = { id: "e1", login: "zoe", ...record };
  const fields = [externalId(at(whole, "id")), text("username", at(whole, "login"))];
  return [
    fields,
    {
      id: at(whole, "id"),
      status: at(whole, "status"),
      words,
      lastDay: at(whole, "end"),
      occurredAt: "2026-01-31T18:42:05.000Z",
    },
  ] as const;
}

const brief = (changes: ReturnType<typeof hired>) =>
  changes.map((change) => ({
    kind: change.kind,
    ...("person" in change && change.person.status && { status: change.person.status }),
    ...("departure" in change && { departure: change.departure }),
    ...("lastDay" in change && { lastDay: change.lastDay }),
  }));

const open = { kind: "update", status: "Activated" };

describe("a record of an employee", () => {
  test.each([
    ["active, without a last day", { status: "Active", end: null }, [{ ...open, departure: "none" }]],
    ["active, without such a field", { status: "Active" }, [open]],
    ["away for a while", { status: "ON_LEAVE", end: "" }, [{ ...open, departure: "none" }]],
    [
      "with a last day to come",
      { status: "active", end: "2026-01-31" },
      [open, { kind: "leave", lastDay: "2026-01-31" }],
    ],
    ["back, with the old last day", { status: "active", end: "2026-01-30" }, [open]],
    ["ended", { status: "left", end: "2026-12-31" }, [{ kind: "leave" }]],
    ["of no status and no last day", {}, [{ kind: "update" }]],
    [
      "of no status, with a last day to come",
      { end: "2026-02-01" },
      [{ kind: "update" }, { kind: "leave", lastDay: "2026-02-01" }],
    ],
    [
      "of no status, with a last day that is over",
      { end: "2026-01-30" },
      [{ kind: "leave", lastDay: "2026-01-30" }],
    ],
  ])("%s", (_, record, expected) => {
    expect(brief(employeeChanged(...said(record)))).toEqual(expected);
  });

  test("creates a newcomer, and no person whose employment has ended", () => {
    expect(brief(hired(...said({ status: "active", end: "2026-02-01" })))).toEqual([
      { kind: "create" },
      { kind: "leave", lastDay: "2026-02-01" },
    ]);
    expect(brief(hired(...said({ status: "left" })))).toEqual([{ kind: "leave" }]);
  });

  test.each([
    ["status-unknown", { status: "gardening" }],
    ["status-unknown", { status: { a: 1 } }],
    ["status-unknown", { status: "constructor" }],
    ["date-invalid", { status: "active", end: "soon" }],
    ["date-ambiguous", { status: "active", end: "01/02/2026" }],
  ])("is dead, %s", (reason, record) => {
    expect(() => hired(...said(record))).toThrow(reason);
    expect(() => employeeChanged(...said(record))).toThrow(reason);
  });
});
