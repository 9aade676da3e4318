import { expect, test } from "vitest";
import type { PersonReference } from "#lib/contract/change.ts";
import { repeatedSecrets } from "#lib/uploads/repeated-secrets.ts";
import * as fc from "../properties.ts";
import { openImports } from "./imports.ts";

const row = (place: string) => ({ place, values: {}, original: [], problems: [] });

/** The codes of notes of rows that each have one secret. */
function told(rows: readonly (readonly [secret: string, who: PersonReference])[], limit?: number) {
  const repeated = repeatedSecrets(limit);
  const notes = rows.map(([secret, who], index) => {
    const compared = repeated.compared(row(`line ${index + 2}`), [{ secret, who, column: "密钥" }]);
    return (compared.notes ?? []).map(({ code, column }) => `${column}: ${code}`);
  });
  return { notes, stoppedAt: repeated.stoppedAt };
}

const [a, b] = ["GEZDGNBVGY3TQOJQ", "NFXHMZLOORSWIIDT"];
const shared = ["密钥: secret-of-another-row"];
const another = ["密钥: person-has-another-secret"];

test.each<[string, [string, PersonReference][], string[][]]>([
  [
    "two people",
    [
      [a, { email: "a@example.com" }],
      [b, { email: "b@example.com" }],
    ],
    [[], []],
  ],
  [
    "one secret of two people",
    [
      [a, { email: "a@example.com" }],
      [a, { email: "b@example.com" }],
    ],
    [[], shared],
  ],
  [
    "two secrets of one person",
    [
      [a, { email: "a@example.com" }],
      [b, { email: "a@example.com" }],
    ],
    [[], another],
  ],
  [
    "one row twice",
    [
      [a, { email: "a@example.com" }],
      [a, { email: "a@example.com" }],
    ],
    [[], []],
  ],
  [
    "a person who is named in two ways",
    [
      [a, { externalId: "1", email: "a@example.com" }],
      [a, { email: "a@example.com" }],
      [b, { externalId: "1" }],
    ],
    [[], [], another],
  ],
  [
    "the same text in two fields",
    [
      [a, { externalId: "1" }],
      [b, { username: "1" }],
    ],
    [[], []],
  ],
  [
    "both",
    [
      [a, { externalId: "1" }],
      [b, { externalId: "2" }],
      [a, { externalId: "2" }],
    ],
    [[], [], [...shared, ...another]],
  ],
  [
    "numbers of one country",
    [
      [a, { phone: "13800138000", phoneCountryCode: "+86" }],
      [b, { phone: "13800138001", phoneCountryCode: "+86" }],
      [a, { phone: "13800138000", phoneCountryCode: "+852" }],
    ],
    [[], [], shared],
  ],
])("compares %s", (_, rows, notes) => {
  expect(told(rows).notes).toEqual(notes);
});

test("stops at its limit, and says where", () => {
  const rows = Array.from({ length: 5 }, (__, index) => [a, { externalId: String(index) }] as const);
  expect(told(rows, 6)).toEqual({ notes: [[], shared, shared, [], []], stoppedAt: "line 5" });
});

test("notes what a map of all rows notes", () => {
  const one = fc.tuple(
    fc.constantFrom("A", "B", "C", "D"),
    fc.record({ externalId: fc.constantFrom("1", "2", "3") }),
  );
  fc.assert(
    fc.property(fc.array(one, { maxLength: 40 }), (rows) => {
      const before: [string, string][] = [];
      const expected = rows.map(([secret, { externalId }]) => {
        const isKnown = before.some(([s, e]) => s === secret && e === externalId);
        const notes = [
          ...(!isKnown && before.some(([s]) => s === secret) ? shared : []),
          ...(!isKnown && before.some(([, e]) => e === externalId) ? another : []),
        ];
        before.push([secret, externalId]);
        return notes;
      });
      expect(told(rows).notes).toEqual(expected);
    }),
  );
});

test("remembers very many", () => {
  const repeated = repeatedSecrets();
  const count = 20_000;
  const notesAt = (index: number) =>
    repeated.compared(row("x"), [{ secret: `S${index}`, who: { externalId: String(index) }, column: "" }])
      .notes ?? [];
  for (let index = 0; index < count; index += 1) expect(notesAt(index)).toEqual([]);
  for (let index = 0; index < count; index += 97) expect(notesAt(index)).toEqual([]);
  expect(
    repeated.compared(row("x"), [{ secret: "S7", who: { externalId: "8" }, column: "" }]).notes,
  ).toHaveLength(2);
});

test("is told in the results of an import", async () => {
  const run = openImports({ chunkSize: { rows: 1000, bytes: 1_000_000 } });
  run.upload("users", "people.csv", "externalId,email\n1,a@example.com\n2,b@example.com\n");
  await run.settle();
  const id = run.upload("otp", "otp.csv", `工号,密钥\n1,${a}\n2,${a}\n1,${b}\n`);
  await run.settle();
  const { summary, accepted } = run.results(id);
  expect(summary).toMatchObject({
    accepted: 3,
    notes: { "密钥: secret-of-another-row": 1, "密钥: person-has-another-secret": 1 },
  });
  expect(accepted[1]).toMatchObject({ row: "line 3", notes: expect.arrayContaining(shared) });
});
