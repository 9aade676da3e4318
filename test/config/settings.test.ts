import { describe, expect, it } from "vitest";
import { defineConfig, timeZoneOf } from "#lib/config.ts";

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
