import { describe, expect, it, onTestFinished } from "vitest";
import { createAuthingClient } from "#lib/authing/client.ts";
import { defineConfig } from "#lib/config.ts";
import { startSandbox, type SandboxOptions } from "#infra/sandbox/sandbox.ts";
import { lineOf } from "#infra/stage/finding.ts";
import { checkPool } from "#infra/stage/pool.ts";

// What the doctor says of custom fields and departments that the configuration names.

const key = { accessKeyId: "63f0a1b2c3d4e5f607182930", accessKeySecret: "invented-access-key-secret" };
const organizations = [
  {
    code: "acme",
    name: "Acme",
    departments: [
      { id: "d-1", name: "研发" },
      { id: "d-2", name: "Sales" },
    ],
  },
];

type Given = Parameters<typeof defineConfig<"okta" | "clerk">>[0];

async function linesOf(
  given: { readonly sources: object; readonly uploads?: Given["uploads"] },
  pool: Partial<SandboxOptions>,
): Promise<string[]> {
  const sandbox = await startSandbox({ accessKeys: [key], ...pool });
  const client = createAuthingClient({ host: sandbox.url, credentials: async () => key });
  onTestFinished(async () => {
    client.close();
    await sandbox.close();
  });
  return (await checkPool(client, defineConfig(given as Given))).map(lineOf);
}

describe("the user pool", () => {
  it("is not asked where the configuration names nothing of it", async () => {
    expect(await linesOf({ sources: { okta: {} } }, {})).toEqual([]);
    const named = { okta: { departments: { by: "code" } }, clerk: { departments: () => undefined } } as const;
    expect(await linesOf({ sources: named }, {})).toEqual([]);
  });

  it("has what the configuration names", async () => {
    const given = {
      sources: { okta: { departments: { a: "d-1", top: "acme" }, customData: { title: "profile.title" } } },
      uploads: { columns: { Grade: "customData.grade" }, departments: { b: "d-2" } },
    };
    expect(await linesOf(given, { organizations, customFields: ["title", "grade", "other"] })).toEqual([
      "✓ custom fields: the pool has all 2 that the configuration names",
      "✓ departments: the pool has all 3 that the configuration names",
    ]);
  });

  it("lacks some of it: each is told with its setting", async () => {
    const given = {
      sources: { okta: { departments: { a: "d-9" }, customData: { title: "profile.title" } } },
      uploads: { columns: { Grade: "customData.grade" } },
    };
    expect(await linesOf(given, { organizations, customFields: ["title"] })).toEqual([
      "✗ custom fields that the pool does not have: grade (uploads.columns) → make it in Authing's console, or correct the setting",
      "✗ departments that the pool does not have: d-9 (sources.okta.departments) → npm run departments -- <source> prints a map that fits",
    ]);
  });

  it("that lets the key read neither is something to look at, and nothing that is wrong", async () => {
    const given = { sources: { okta: { customData: { title: "profile.title" } } } };
    const [line] = await linesOf(given, {});
    expect(line).toMatch(/^! custom fields: were not checked \(.*\) → let the access key read/);
  });
});
