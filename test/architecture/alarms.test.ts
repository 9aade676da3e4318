import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import config from "#config";
import { configuredFunctions } from "#infra/aws/bundle.ts";
import { deployment } from "#infra/aws/deployment.ts";
import { enabledSources } from "#lib/wiring/enabled-sources.ts";
import packageJson from "../../package.json" with { type: "json" };

interface Alarm {
  readonly name: string;
  readonly text: string;
  readonly tells: boolean;
  readonly tellsTheEnd: boolean;
}

/** The alarms of alarms.yml. A block may take the actions of another one, which it names by its anchor. */
function writtenAlarms(): Alarm[] {
  const blocks = readFileSync("infra/aws/alarms.yml", "utf8").split(/^(?= {2}\w+:$)/m);
  const anchors = new Map(blocks.map((block) => [/Properties: &(\w+)/.exec(block)?.[1], block]));
  const has = (block: string, line: string): boolean => {
    const [, taken] = /<<: \*(\w+)/.exec(block) ?? [];
    return block.includes(line) || (taken !== undefined && has(anchors.get(taken) ?? "", line));
  };
  return blocks.flatMap((block) => {
    const [, name] = /^ {2}(\w+Alarm):/.exec(block) ?? [];
    const [, text = ""] = /AlarmDescription: \|-\n((?: {8}.*\n)+)/.exec(block) ?? [];
    if (name === undefined) return [];
    return {
      name,
      text: text.trimEnd().replaceAll(/^ {8}/gm, ""),
      tells: has(block, "AlarmActions: [!Ref AlarmsTopic]"),
      tellsTheEnd: has(block, "OKActions: [!Ref AlarmsTopic]"),
    };
  });
}

/** Those that are made of the configuration. */
function madeAlarms(): Alarm[] {
  const sources = [...enabledSources(config).values()];
  const { resources } = deployment({ ...config, sources }, configuredFunctions(config));
  const topic = JSON.stringify([{ Ref: "AlarmsTopic" }]);
  return Object.entries(resources.Resources).flatMap(([name, resource]) => {
    const { Type, Properties } = resource as { Type: string; Properties: Record<string, unknown> };
    if (Type !== "AWS::CloudWatch::Alarm") return [];
    return {
      name,
      text: String(Properties["AlarmDescription"]),
      tells: JSON.stringify(Properties["AlarmActions"]) === topic,
      tellsTheEnd: JSON.stringify(Properties["OKActions"]) === topic,
    };
  });
}

const alarms = [...writtenAlarms(), ...madeAlarms()];
const commands = new Set(Object.keys(packageJson.scripts));

describe("the alarms", () => {
  it("are those of the stage, of each function and of each source", () => {
    const names = alarms.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const kinds = ["Silent", "RejectedShare", "SupersededShare", "Paused", "FieldsMissing"];
    expect(names).toEqual(expect.arrayContaining(kinds.map((kind) => `Okta${kind}Alarm`)));
    expect(names).toEqual(expect.arrayContaining(["DeadLettersAlarm", "WatchSilenceFailsAlarm"]));
  });

  it("are all in docs/alarms.md, and no other", () => {
    const listed = Array.from(
      readFileSync("docs/alarms.md", "utf8").matchAll(/^(?:\| )?`((?:<\w+>)?[A-Z]\w+)`(?: +\|| rings)/gm),
      ([, name = ""]) => name,
    );
    const general = alarms.map(({ name }) =>
      name
        .replace(/Alarm$/, "")
        .replace(/^\w+Fails$/, "<Function>Fails")
        .replace(/^Okta/, "<Source>"),
    );
    const others = Object.keys(config.sources).filter((source) => source !== "okta");
    const isOther = (name: string) => others.some((source) => name.toLowerCase().startsWith(source));
    expect(new Set(listed)).toEqual(new Set(general.filter((name) => !isOther(name))));
  });
});

describe.each(alarms)("$name", ({ name, text, tells, tellsTheEnd }) => {
  it("says what happened, what it means for people, and what to do", () => {
    const [, happened = "", means = "", next = ""] =
      /^What happened: (.+)\nWhat it means: (.+)\nWhat to do: (.+)$/.exec(text) ?? [];
    for (const part of [happened, means, next]) expect(part.length, text).toBeGreaterThan(20);
    // A command between backticks, with the stage.
    const named = Array.from(next.matchAll(/`([^`]+)`/g), ([, command = ""]) => command);
    expect(named.filter((command) => command.includes("${sls:stage}"))).not.toEqual([]);
    // What the names of service and stage add is more than `${self:service}` and `${sls:stage}`.
    const longest = text
      .replaceAll("${self:service}", "s".repeat(31))
      .replaceAll("${sls:stage}", "production");
    expect(longest.length).toBeLessThanOrEqual(1024);
  });

  it("names commands that exist", () => {
    const scripts = Array.from(text.matchAll(/npm run ([\w:]+)/g), ([, script = ""]) => script);
    expect(scripts.filter((script) => !commands.has(script))).toEqual([]);
    for (const [command = ""] of text.matchAll(/npm run [^`]+/g)) {
      expect(command).toMatch(/^npm run \w+ -- .*--stage \$\{sls:stage\}$/);
    }
  });

  it("is told when it rings, and when it is over", () => {
    // The end of this alarm would invoke the function that fails.
    const endsQuietly = name === "NoticesAlarmFailsAlarm";
    expect({ tells, tellsTheEnd }).toEqual({ tells: true, tellsTheEnd: !endsQuietly });
  });
});
