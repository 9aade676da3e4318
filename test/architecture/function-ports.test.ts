import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it, vi } from "vitest";
import config from "#config";
import { deployment } from "#infra/aws/deployment.ts";
import { configuredFunctions } from "#infra/aws/bundle.ts";
import { enabledSources } from "#lib/wiring/enabled-sources.ts";
import {
  alarmPorts,
  digestPorts,
  eventQueuePorts,
  fieldsPorts,
  finishPorts,
  operationPorts,
  planPorts,
  receivePorts,
  rosterPorts,
  runPorts,
  unclaimedPorts,
  silencePorts,
  waitingPorts,
} from "#lib/wiring/function-ports.ts";

afterEach(() => vi.unstubAllEnvs());

const sources = enabledSources(config);
const { functions } = deployment({ ...config, sources: [...sources.values()] }, configuredFunctions(config));
/** The environment variables that serverless.yml gives to every function. */
const common = /^ {2}environment:\n((?: {4}\w+: .*\n)+)/m.exec(readFileSync("serverless.yml", "utf8"))?.[1];
const ofAll = Array.from(common?.matchAll(/^ +(\w+):/gm) ?? [], ([, name = ""]) => name);

/** How each function opens its ports, by its name; all webhook functions open the same ports. */
const opened: Readonly<Record<string, () => object>> = {
  webhooks: receivePorts,
  "events-apply": () => eventQueuePorts(config, sources),
  "notices-alarm": () => alarmPorts(config),
  "notices-digest": () => digestPorts(config),
  "operations-run": () => operationPorts(config, sources),
  "rosters-run": () => rosterPorts(config, sources),
  "uploads-plan": () => planPorts(config),
  "uploads-run": () => runPorts(config),
  "uploads-finish": finishPorts,
  "waiting-bring-back": waitingPorts,
  "unclaimed-refuse": unclaimedPorts,
  "watch-fields": () => fieldsPorts(config),
  "watch-silence": () => silencePorts(config),
};

const reading = Object.entries(functions).map(([name, made]) => {
  const given = Object.keys((made as { environment: object }).environment);
  return [name, [...ofAll, ...given]] as const;
});

describe.each(reading)("the environment of %s", (name, variables) => {
  const open = opened[name.replace(/^webhooks-.*/, "webhooks")];
  function openWith(set: readonly string[]) {
    for (const variable of variables) {
      vi.stubEnv(variable, set.includes(variable) ? `https://${variable.toLowerCase()}.example` : undefined);
    }
    return open?.();
  }

  it("has exactly the variables that its ports read", () => {
    expect(openWith(variables)).toBeTypeOf("object");
  });

  it.each(variables)("is needed: %s", (variable) => {
    expect(() => openWith(variables.filter((other) => other !== variable))).toThrow(
      expect.objectContaining({ reason: "environment-incomplete", path: variable }),
    );
  });
});

describe("the functions", () => {
  it("with ports are all tested here", () => {
    expect(ofAll).toEqual(["SERVICE", "STAGE"]);
    expect(new Set(reading.map(([name]) => name.replace(/^webhooks-.*/, "webhooks")))).toEqual(
      new Set(Object.keys(opened)),
    );
  });
});
