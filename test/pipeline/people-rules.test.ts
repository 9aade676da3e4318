import { describe, expect, it } from "vitest";
import type { Change, Create, Update } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { PersonMap, Scope } from "#lib/contract/people-rules.ts";
import { noRules, ruled, type PeopleRules } from "#lib/pipeline/people-rules.ts";

const event = {
  id: "e-1",
  subject: "1",
  type: "hired",
  occurredAt: "2026-11-27T08:00:00.000Z",
  payload: { country: "CN", tags: ["a"] },
};
const joiner: Create = {
  kind: "create",
  person: { externalId: "1", email: "zoe@example.com", name: "Zoë", customData: { title: "Dr" } },
  trail: { externalId: "id · trimmed", email: "mail · lower-case", name: "name · trimmed" },
};
const mover: Update = {
  kind: "update",
  who: { externalId: "1" },
  complete: false,
  person: { externalId: "1", name: "Zoë" },
  trail: { name: "name · trimmed" },
};
const leaver: Change = { kind: "leave", who: { externalId: "1" } };

const by = (rules: Partial<PeopleRules>, ...changes: readonly Change[]) =>
  ruled("hr", changes, event, { ...noRules, ...rules });

/** What a function of the configuration that is not typed may do. */
const untyped = <Rule>(rule: (...given: never[]) => unknown) => rule as unknown as Rule;

function problemOf(rules: Partial<PeopleRules>, change: Change = joiner): InboundError {
  try {
    by(rules, change);
  } catch (error) {
    if (error instanceof InboundError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("a source without rules", () => {
  it("means what it means", () => {
    expect(by({}, joiner, mover, leaver)).toEqual({ changes: [joiner, mover, leaver] });
  });
});

describe("the scope of a source", () => {
  it("lets people through by what is told of them, or by the payload", () => {
    for (const scope of [
      ({ person }) => person.email?.endsWith("@example.com") === true,
      ({ payload }) => (payload as { country: string }).country === "CN",
    ] as Scope[]) {
      expect(by({ scope }, joiner)).toEqual({ changes: [joiner] });
    }
  });

  it("leaves nothing of a person who is out of it but a departure", () => {
    expect(by({ scope: () => false }, joiner)).toEqual({
      changes: [],
      outOfScope: { policy: "keep", externalId: "1" },
    });
    expect(by({ scope: () => false }, leaver)).toEqual({ changes: [leaver] });
    const secret: Change = { kind: "import-otp", who: {}, otp: { secret: "JBSWY3DPEHPK3PXP" } };
    expect(by({ scope: () => false, outOfScope: "leave" }, joiner, secret, leaver)).toEqual({
      changes: [leaver],
      outOfScope: { policy: "leave", externalId: "1" },
    });
  });

  it("decides about a mover by all that is known of the person", () => {
    const seen: unknown[] = [];
    const scope: Scope = ({ person, isWhole }) => seen.push([person, isWhole]) > 0;
    by({ scope }, joiner);
    by({ scope }, mover);
    by({ scope }, { ...mover, complete: true, whole: joiner.person });
    by({ scope }, { ...mover, lacksLogin: true });
    expect(seen).toEqual([
      [joiner.person, true],
      [mover.person, false],
      [joiner.person, true],
      [mover.person, true],
    ]);
  });

  it("lets no person leave by an event that does not say everything", () => {
    const out = { scope: () => false, outOfScope: "leave" } as const;
    expect(by(out, mover)).toEqual({ changes: [], outOfScope: { policy: "keep", externalId: "1" } });
    expect(by(out, { ...mover, complete: true })).toEqual({
      changes: [],
      outOfScope: { policy: "leave", externalId: "1" },
    });
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("zoe@example.com");
      },
    ],
    ["returns a promise", async () => true],
    ["returns nothing", () => undefined],
    ["changes what it is given", untyped(({ person }: { person: { name: string } }) => (person.name = "x"))],
    [
      "changes the payload",
      untyped(({ payload }: { payload: { tags: string[] } }) => payload.tags.push("b")),
    ],
  ])("makes the event dead where it %s, and tells nothing of the person", (_, scope) => {
    const { code, reason, path, message } = problemOf({ scope: scope as Scope });
    expect({ code, reason, path }).toEqual({
      code: "malformed",
      reason: "scope-failed",
      path: "inbound.config.ts sources.hr.scope",
    });
    expect(message).not.toContain("zoe");
  });
});

describe("the map of a source", () => {
  const map: PersonMap = ({ person }) => ({
    ...person,
    company: "Acme",
    name: person.name,
    username: person.email?.split("@")[0],
  });

  it("changes people, and the trail says which fields", () => {
    expect(by({ map }, joiner)).toEqual({
      changes: [
        {
          ...joiner,
          person: { ...joiner.person, company: "Acme", username: "zoe" },
          trail: {
            ...joiner.trail,
            company: "inbound.config.ts · map",
            username: "inbound.config.ts · map",
          },
        },
      ],
    });
  });

  it("is told whether it gets the whole person, and is asked about the change and about the whole", () => {
    const asked: boolean[] = [];
    const noting: PersonMap = ({ person, isWhole }) => {
      asked.push(isWhole);
      return isWhole ? { ...person, company: "Acme" } : person;
    };
    const [change] = by({ map: noting }, { ...mover, complete: true, whole: joiner.person }).changes;
    expect(change).toMatchObject({ person: mover.person, whole: { ...joiner.person, company: "Acme" } });
    expect(change).not.toHaveProperty("person.company");
    by({ map: noting }, mover);
    by({ map: noting }, joiner);
    expect(asked).toEqual([false, true, false, true]);
  });

  it("takes fields away, and what is undefined", () => {
    const { changes } = by({ map: ({ person }) => ({ ...person, name: undefined }) }, joiner);
    expect(changes[0]).not.toHaveProperty("person.name");
    expect(changes[0]).not.toHaveProperty("trail.name");
  });

  it("can give a field to sign in with to a person who has none", () => {
    const named: PersonMap = ({ person }) => ({ ...person, username: "zoe" });
    const without: Update = { ...mover, lacksLogin: true };
    expect(by({ map: named }, without).changes).toMatchObject([
      { complete: true, person: { username: "zoe" } },
    ]);
    expect(by({ map: named }, mover).changes).toMatchObject([{ complete: false }]);
  });

  it("has nothing to say of a departure", () => {
    expect(
      by(
        {
          map: () => {
            throw new Error();
          },
        },
        leaver,
      ),
    ).toEqual({ changes: [leaver] });
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("zoe@example.com");
      },
      "map-failed",
      "",
    ],
    ["returns a promise", async ({ person }: { person: object }) => person, "map-failed", ""],
    ["returns nothing", () => undefined, "map-failed", ""],
    ["returns a list", () => [], "map-failed", ""],
    [
      "adds a field that Authing does not have",
      (told: { person: object }) => ({ ...told.person, shoeSize: 7 }),
      "map-result-wrong",
      "shoeSize",
    ],
    [
      "gives a field another type",
      (told: { person: object }) => ({ ...told.person, name: 7 }),
      "map-result-wrong",
      "name",
    ],
    [
      "empties an identifier",
      (told: { person: object }) => ({ ...told.person, email: "" }),
      "map-result-wrong",
      "email",
    ],
    [
      "gives the person another id",
      (told: { person: object }) => ({ ...told.person, externalId: "2" }),
      "map-result-wrong",
      "externalId",
    ],
    ["takes the id away", () => ({ email: "a@example.com" }), "map-result-wrong", "externalId"],
    [
      "gives too many departments",
      (told: { person: object }) => ({ ...told.person, departmentIds: Array.from({ length: 51 }, String) }),
      "map-result-wrong",
      "departmentIds",
    ],
    [
      "holds what JSON cannot hold",
      (told: { person: object }) => ({ ...told.person, customData: { n: 1n } }),
      "map-result-wrong",
      "",
    ],
    [
      "returns more than a person is",
      (told: { person: object }) => ({ ...told.person, name: "x".repeat(300_000) }),
      "map-result-wrong",
      "",
    ],
  ])("makes the event dead where it %s, and tells no value", (_, map, reason, field) => {
    const problem = problemOf({ map: map as unknown as PersonMap });
    expect({ code: problem.code, reason: problem.reason, path: problem.path }).toEqual({
      code: "malformed",
      reason,
      path: `inbound.config.ts sources.hr.map${field && ` → ${field}`}`,
    });
    expect(problem.message).not.toContain("zoe");
  });
});

describe("departments that are passed on", () => {
  it("say with each person what their ids are", () => {
    const departments = { by: "code" } as const;
    const inDepartments = { ...joiner, person: { ...joiner.person, departmentIds: ["RD"] } };
    expect(by({ departments }, inDepartments, joiner).changes).toEqual([
      { ...inDepartments, options: { departmentIdType: "code" } },
      joiner,
    ]);
    const moved = { ...mover, person: { ...mover.person, departmentIds: ["RD"] } };
    expect(by({ departments }, moved).changes).toEqual([{ ...moved, options: { departmentIdType: "code" } }]);
  });
});
