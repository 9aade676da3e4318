import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import config from "#config";
import type { Config } from "#lib/config.ts";
import { bundleFunction, configuredFunctions } from "#infra/aws/bundle.ts";
import everySource from "../every-source.config.ts";
import twoSources from "./two-sources.config.ts";

const folder = mkdtempSync(join(tmpdir(), "worker-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The functions that translate events, and therefore need the sources that the configuration names. */
const translating = ["events-apply", "operations-run"];

async function bundled(name: string, of: Config, file?: string) {
  const source = configuredFunctions(of).find((each) => each.name === name);
  if (!source) throw new TypeError(`${name} is not deployed`);
  const bundle = await bundleFunction(source, folder, of, file);
  return {
    ...bundle,
    /** The names of the sources whose translation is in the bundle. */
    sources: bundle.inputs.flatMap(
      (input) => /^lib\/sources\/([^/]+)\/translate\.ts$/.exec(input)?.[1] ?? [],
    ),
    /** Every folder of a source of which a part is in the bundle. */
    folders: new Set(bundle.inputs.flatMap((input) => /^lib\/sources\/([^/]+)\//.exec(input)?.[1] ?? [])),
  };
}

describe.each(translating)("the bundle of %s", (name) => {
  it("holds every source that the configuration names", async () => {
    expect((await bundled(name, config)).sources).toEqual(Object.keys(config.sources).toSorted());
    const folders = readdirSync("lib/sources", { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    expect((await bundled(name, everySource, "test/every-source.config.ts")).sources).toEqual(
      folders.map((folder) => folder.name).toSorted(),
    );
  }, 300_000);

  it("holds no file of a source that the configuration does not name", async () => {
    const two = await bundled(name, twoSources, "test/architecture/two-sources.config.ts");
    expect(two.sources).toEqual(["clerk", "okta"]);
    expect(two.folders).toEqual(new Set(["clerk", "okta"]));
    const all = await bundled(name, config);
    expect(two.totalBytes).toBeLessThan(all.totalBytes);
  }, 300_000);
});

describe("the sentences about reasons", () => {
  it("weigh on no function but those that write results and the digest", async () => {
    const holds = async (name: string) => {
      const { inputs } = await bundled(name, twoSources, "test/architecture/two-sources.config.ts");
      return inputs.some((input) => input.startsWith("lib/reasons/"));
    };
    for (const { name } of configuredFunctions(twoSources)) {
      expect([name, await holds(name)]).toEqual([
        name,
        name === "notices-digest" || name === "rosters-run" || name.startsWith("uploads-"),
      ]);
    }
  }, 300_000);
});

describe("the functions of a configuration", () => {
  it("are one webhook function for each of its sources, and the functions that serve all sources", () => {
    expect(configuredFunctions(twoSources).map(({ name }) => name)).toEqual([
      "events-apply",
      "notices-alarm",
      "notices-digest",
      "operations-run",
      "rosters-run",
      "unclaimed-refuse",
      "uploads-finish",
      "uploads-plan",
      "uploads-run",
      "waiting-bring-back",
      "watch-fields",
      "watch-silence",
      "webhooks-clerk",
      "webhooks-okta",
    ]);
  });
});
