import { describe, expect, it } from "vitest";
import { defineConfig, timeZoneOf } from "#lib/config.ts";
import { enabledSources } from "#lib/wiring/enabled-sources.ts";
import { toldSource } from "../journeys/told-source.ts";

const problemOf = (input: object): string => {
  try {
    defineConfig({ sources: {}, ...input });
  } catch (error) {
    return (error as Error).message;
  }
  return "none";
};

describe("settings", () => {
  it.each([
    [{ timeZone: "Europe/Paris" }, "none"],
    [{ timeZone: "Paris" }, "timeZone must be a time zone such as Europe/Berlin or Asia/Shanghai"],
    [{ timeZone: "" }, "timeZone must be a time zone such as Europe/Berlin or Asia/Shanghai"],
    [{ timeZone: 8 }, "timeZone must be a string"],
    [{ sources: { acme: { rosterOnly: true } } }, "none"],
    [
      { sources: { rosters: { rosterOnly: true } } },
      "sources.rosters: the name is taken: give your source another one",
    ],
    [
      { sources: { acme: { rosterOnly: true, reconcile: { at: "02:30" } } } },
      "sources.acme.reconcile.at: it has no list that could be read at that time",
    ],
    [
      { sources: { own: { source: toldSource, reconcile: { at: "02:30" } } } },
      "sources.own.reconcile.at: it has no list that could be read at that time",
    ],
    [{ sources: { okta: { reconcile: { at: "02:30", timeZone: "Europe/Berlin" } } } }, "none"],
    [
      { sources: { okta: { reconcile: { at: "2:30" } } } },
      'sources.okta.reconcile.at must be a time of the day such as "02:30"',
    ],
    [
      { sources: { okta: { reconcile: { at: "02:30", timeZone: "+08:00" } } } },
      "sources.okta.reconcile.timeZone must be a time zone such as Europe/Berlin or Asia/Shanghai",
    ],
    [{ sources: { okta: { people: "all" } } }, "sources.okta.people must be one of own, shared"],
    [
      { sources: { okta: { silence: "sometimes" } } },
      'sources.okta.silence must be "learnt", "never" or a number of hours from 1 to 672',
    ],
    [
      { sources: { okta: { silence: 700 } } },
      'sources.okta.silence must be "learnt", "never" or a number of hours from 1 to 672',
    ],
    [{ sources: { okta: { silence: 48 }, clerk: { silence: "never" } } }, "none"],
    [{ sources: { okta: { customData: { title: "profile.title", a: "x['y z'][0].b" } } } }, "none"],
    [
      { sources: { okta: { customData: { title: "profile..title" } } } },
      "sources.okta.customData.title is no path: write names joined with dots, [0], ['any name'] or [id='text']",
    ],
    [
      { sources: { okta: { customData: { title: "" } } } },
      "sources.okta.customData.title is no path: write names joined with dots, [0], ['any name'] or [id='text']",
    ],
    [{ sources: { okta: { scope: () => true, outOfScope: "leave", map: () => ({}) } } }, "none"],
    [
      { sources: { okta: { scope: true } } },
      "sources.okta.scope must be a function: ({ person, payload, isWhole }) => true or false",
    ],
    [
      { sources: { okta: { map: {} } } },
      "sources.okta.map must be a function: ({ person, payload, isWhole, event }) => person",
    ],
    [
      { sources: { okta: { outOfScope: "leave" } } },
      'sources.okta.outOfScope "leave" needs a scope that people can be out of: add scope, or leave it out',
    ],
    [{ sources: { okta: { departments: { by: "code" } } } }, "none"],
    [{ sources: { okta: { departments: (name: string) => name } } }, "none"],
    ...[{ by: 7 }, ["d-1"], "code", { a: 1 }].map((departments): [object, string] => [
      { sources: { okta: { departments } } },
      'sources.okta.departments must be a map { "the source\'s id": "Authing\'s id" }, a function (department) => id or undefined, or { by: "code" }, "open_department_id", "custom_field" or "sync_relation"',
    ]),
    [
      { sources: { okta: { departments: { by: "code" } } }, authing: { dialect: "2022" } },
      'sources.okta.departments by "code" is nothing that the dialect 2022 can say: use "open_department_id" or a map',
    ],
    [{ authing: { kickUsers: true } }, "authing.kickUsers must be a list"],
    [{ authing: { kickUsers: ["62188e71"] } }, "none"],
    [{ notices: { digestAt: "18:05", language: "zh" } }, "none"],
    [{ notices: { digestAt: false } }, "none"],
    [
      { notices: { digestAt: "9:10" } },
      'notices.digestAt must be a time of the day such as "09:10", or false',
    ],
    [
      { notices: { digestAt: "24:00" } },
      'notices.digestAt must be a time of the day such as "09:10", or false',
    ],
    [{ notices: { digestAt: true } }, 'notices.digestAt must be a time of the day such as "09:10", or false'],
    [{ notices: { language: "de" } }, "notices.language must be one of en, zh"],
    [{ network: { subnetIds: ["subnet-0a1b2c3d"], securityGroupIds: ["sg-0a1b2c3d4e5f67890"] } }, "none"],
    [
      { network: { subnetIds: ["0a1b2c3d"], securityGroupIds: ["sg-0a1b2c3d"] } },
      "network.subnetIds.0 must be like subnet-0a1b2c3d4e5f67890",
    ],
    [{ network: { subnetIds: ["subnet-0a1b2c3d"] } }, "network.securityGroupIds must be a list"],
  ])("%j: %s", (input, problem) => {
    expect(problemOf(input)).toBe(problem === "none" ? "none" : `inbound.config.ts: ${problem}`);
  });

  it("say nothing about people and sessions by default: a source has people of its own, no session is ended", () => {
    const config = defineConfig({ sources: { okta: {} } });
    expect(config.sources["okta"]?.people).toBe("own");
    expect(config.authing.kickUsers).toEqual([]);
    expect(config.sources["okta"]?.silence).toBe("learnt");
  });
});

describe("the choice of the externalId", () => {
  const chosen = (name: string, externalId: string) =>
    enabledSources(
      defineConfig({ sources: { [name]: { externalId } } } as Parameters<typeof defineConfig>[0]),
    );

  it("is one of those that the source has", () => {
    expect(chosen("feishu", "employee_no").size).toBe(1);
    expect(() => chosen("feishu", "mobile")).toThrow(
      "sources.feishu.externalId must be one of open_id, user_id, union_id, employee_no",
    );
    expect(() => chosen("okta", "id")).toThrow("sources.okta.externalId: this source has one id of a person");
  });

  it("of a source of one's own is checked at once", () => {
    const source = { ...toldSource, externalIds: ["id", "number"] };
    const configured = (externalId: string) => defineConfig({ sources: { hr: { source, externalId } } });
    expect(configured("number").sources["hr"]?.externalId).toBe("number");
    expect(() => configured("mail")).toThrow("sources.hr.externalId must be one of id, number");
  });
});

describe("the company's time zone", () => {
  it.each([
    ["CN", "Asia/Shanghai"],
    ["DE", "Europe/Berlin"],
    ["JP", "Asia/Tokyo"],
    // The zone of the region in which a day ends last.
    ["ES", "Atlantic/Canary"],
    ["AU", "Australia/Perth"],
    ["ZZ", "UTC"],
  ])("of %s is %s where none is named", (region, timeZone) => {
    expect(timeZoneOf({ region })).toBe(timeZone);
  });

  it("of the United States is one in which a day ends last", () => {
    expect(["Pacific/Honolulu", "America/Adak"]).toContain(timeZoneOf({ region: "US" }));
  });

  it("is the one that the configuration names", () => {
    expect(timeZoneOf({ region: "CN", timeZone: "Asia/Urumqi" })).toBe("Asia/Urumqi");
  });
});
