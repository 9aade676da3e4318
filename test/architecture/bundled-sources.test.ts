import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as z from "zod/mini";
import { afterAll, describe, expect, it } from "vitest";
import { bundleFunction } from "#infra/aws/bundle.ts";
import { fixtureSecret, fixtureSigner, readFixtures } from "#infra/fixtures/cases.ts";
import type * as caseMeaning from "#infra/local/case-meaning.ts";
import type { Config } from "#lib/config.ts";
import type { Source } from "#lib/contract/source.ts";
import { builtInSources } from "#lib/wiring/enabled-sources.ts";
import everySource from "../every-source.config.ts";
import functions from "./functions.config.ts";
import twoSources from "./two-sources.config.ts";

// What a function that receives nothing, as the worker, has of its configuration and of the sources in it.

const folder = mkdtempSync(join(tmpdir(), "sources-"));
afterAll(() => rmSync(folder, { recursive: true }));

interface Bundled {
  /** The file of the configuration's schemas, if a part of it is in the bundle. */
  readonly schemas: readonly string[];
  readonly config: Config;
  readonly sources: ReadonlyMap<string, Source<unknown>>;
  /** In the bundle itself: its errors are of the classes of the bundle. */
  readonly meaningOf: typeof caseMeaning.meaningOf;
}

async function bundled(name: string, of: Config, file?: string): Promise<Bundled> {
  const contents = `
    export { default as config } from "#config";
    import config from "#config";
    import { speakingSources } from "#lib/wiring/enabled-sources.ts";
    export { meaningOf } from "#infra/local/case-meaning.ts";
    export const sources = speakingSources(config);
  `;
  const { inputs } = await bundleFunction({ name, file: `functions/${name}.ts`, contents }, folder, of, file);
  const index = pathToFileURL(join(folder, name, "index.mjs")).href;
  const exported = (await import(/* @vite-ignore */ index)) as Omit<Bundled, "schemas">;
  return { ...exported, schemas: inputs.filter((input) => input === "lib/checked-config.ts") };
}

const everyBundled = bundled("every-source", everySource);

describe.each([...builtInSources()])("%s, in a function that receives nothing", (name, plain) => {
  const cases = readFixtures(name).filter((each) => each.kind === "events");

  it("reads and understands the events of its cases as it does elsewhere", async () => {
    const { sources, meaningOf } = await everyBundled;
    const source = { ...sources.get(name)!, proof: plain.proof as unknown as Source<unknown>["proof"] };
    const secret = z.parse(source.secret, fixtureSecret(name));
    expect(cases.length).toBeGreaterThan(0);
    for (const each of cases) {
      const { golden } = await meaningOf({ source, secret, signer: fixtureSigner(name) }, each);
      expect([each.name, golden]).toEqual([each.name, each.golden]);
    }
  });

  it("has no proof, and everything else", async () => {
    const source = (await everyBundled).sources.get(name)!;
    expect(Object.keys(source)).toEqual(Object.keys(plain));
    expect(() => source.proof.verify({} as never, {})).toThrow("proofs are not part of this bundle");
  });
});

describe("the configuration in a bundle", () => {
  it("is the one that was checked, without the check", async () => {
    const { config, schemas } = await bundled("data", twoSources);
    expect(config).toEqual(twoSources);
    expect(schemas).toEqual([]);
  });

  it("is checked as it is loaded where it has functions or an own source", async () => {
    const file = "test/architecture/functions.config.ts";
    const { config, sources, schemas } = await bundled("functions", functions, file);
    expect(schemas).toEqual(["lib/checked-config.ts"]);
    expect([...sources.keys()]).toEqual(["okta", "peopledesk", "payroll"]);
    const { okta, payroll } = functions.sources;
    expect(config.sources["payroll"]).toEqual(payroll);
    expect(config.sources["okta"]).toEqual({ ...okta, scope: expect.any(Function) });
    expect(config.sources["okta"]?.scope?.({ person: { email: "li@example.com" } } as never)).toBe(true);
    // Its proof is there, since a source is checked to have one.
    const { proof } = sources.get("peopledesk")!;
    const asked = proof.verify({ headers: {} } as never, { username: "a", password: "b" });
    expect(asked).toMatchObject({ ok: false });
  });
});
