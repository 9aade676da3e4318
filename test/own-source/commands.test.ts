import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

// The operator's commands, in a checkout whose inbound.config.ts is the first example.

const root = join(import.meta.dirname, "../..");
const checkout = mkdtempSync(join(tmpdir(), "own-source-"));
const example = readFileSync(join(import.meta.dirname, "peopledesk.config.ts"), "utf8");
const configure = (text: string) => writeFileSync(join(checkout, "inbound.config.ts"), text);

beforeAll(() => {
  for (const path of ["lib", "infra", "functions", "package.json"]) {
    cpSync(join(root, path), join(checkout, path), { recursive: true });
  }
  symlinkSync(join(root, "node_modules"), join(checkout, "node_modules"));
  cpSync(
    join(import.meta.dirname, "fixtures/peopledesk"),
    join(checkout, "test/sources/peopledesk/fixtures"),
    {
      recursive: true,
    },
  );
});
afterAll(() => rmSync(checkout, { recursive: true }));

async function run(...command: string[]): Promise<{ status: number; out: string; error: string }> {
  return new Promise((resolve) => {
    const options = { cwd: checkout, env: { ...process.env, INIT_CWD: checkout, PORT: "0" } };
    execFile(process.execPath, command, options, (failure, out, error) =>
      resolve({ status: Number(failure?.code ?? 0), out, error }),
    );
  });
}

describe("with an operator's own source", () => {
  it("npm run build makes its function, route, role and secret without a file for it", async () => {
    configure(example);
    expect(await run("infra/commands/build.ts")).toMatchObject({ status: 0, error: "" });
    const made = JSON.parse(readFileSync(join(checkout, "dist/deployment.json"), "utf8")) as {
      functions: Record<string, unknown>;
      resources: { Resources: Record<string, unknown> };
    };
    expect(Object.keys(made.functions).filter((name) => name.startsWith("webhooks-"))).toEqual([
      "webhooks-bamboohr",
      "webhooks-peopledesk",
    ]);
    expect(made.functions["webhooks-peopledesk"]).toMatchObject({
      handler: "dist/webhooks-peopledesk/index.handler",
      role: "WebhooksPeopledeskRole",
      events: [{ httpApi: { method: "*", path: "/webhooks/peopledesk" } }],
    });
    expect(made.resources.Resources).toMatchObject({
      WebhooksPeopledeskRole: {},
      PeopledeskSecret: { Type: "AWS::SecretsManager::Secret" },
    });
    const bundle = readFileSync(join(checkout, "dist/webhooks-peopledesk/index.mjs"), "utf8");
    expect(bundle).toContain("PeopleDesk");
    // Every function is bundled: half a minute on a busy machine.
  }, 120_000);

  it("npm start sends a sample of it", async () => {
    configure(example);
    const { status, out } = await run("infra/commands/start.ts", "--once");
    expect(out).toContain("webhook peopledesk/worker-hired");
    expect(out).toMatch(/peopledesk Hire +create +21001 +accepted/);
    expect(status).toBe(0);
  });

  it("npm run send lists its cases, npm run translate reads them", async () => {
    configure(example);
    expect((await run("infra/commands/send.ts")).out).toContain(
      "peopledesk: time-off-requested, worker-changed, worker-hired, worker-stays-after-all, worker-terminated",
    );
    const body = "test/sources/peopledesk/fixtures/worker-hired/body.json";
    const { status, out } = await run("infra/commands/translate.ts", "peopledesk", body);
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject([{ kind: "create", person: { externalId: "21001" } }]);
  });
});

describe("npm run translate", () => {
  const folder = "test/sources/peopledesk/fixtures/worker-hired";
  const changes = join(checkout, folder, "changes.json");

  it("--golden writes changes.json in the form of the suite, by the clock and the settings of the case", async () => {
    configure(example);
    const approved = readFileSync(changes, "utf8");
    writeFileSync(changes, "[]");
    const { status, out } = await run(
      "infra/commands/translate.ts",
      "peopledesk",
      `${folder}/body.json`,
      "--golden",
    );
    expect(out).toContain("changes.json: read it");
    expect(status).toBe(0);
    const written = readFileSync(changes, "utf8");
    expect(JSON.parse(written)).toEqual(JSON.parse(approved));
    expect(written.endsWith("]\n")).toBe(true);
    writeFileSync(changes, approved);
  });

  it("reads a delivery that was parked because it could not be read", async () => {
    configure(example);
    const body = readFileSync(join(checkout, folder, "body.json"));
    const message = {
      kind: "unreadable",
      source: "peopledesk",
      id: "d-1",
      reason: "split-failed",
      delivery: {
        method: "POST",
        rawQuery: "",
        headers: { "content-type": "application/json" },
        payload: body.toString("base64"),
      },
      reception: { receivedAt: "2026-03-01T00:00:00.000Z", proof: "basic-auth" },
    };
    writeFileSync(join(checkout, "kept.json"), JSON.stringify({ kind: "dead", message }));
    const { status, out } = await run("infra/commands/translate.ts", "peopledesk", "kept.json");
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject([{ kind: "create", person: { externalId: "21001" } }]);
  });
});

describe("with a wrong definition", () => {
  it.each([
    ["infra/commands/build.ts"],
    ["infra/commands/start.ts", "--once"],
    ["infra/commands/send.ts"],
    ["infra/commands/doctor.ts", "--local"],
    ["infra/commands/translate.ts", "peopledesk", "body.json"],
  ])("node %s fails with one line that says what to change", async (...command) => {
    configure(example.replace(/ {2}proof: .*\n/, ""));
    const { status, error } = await run(...command);
    expect(status).toBe(1);
    expect(error.trim()).toMatch(
      /^inbound\.config\.ts: sources\.peopledesk\.source\.proof must be a proof of lib\/proofs[^\n]*$/,
    );
  });

  it.each([
    [
      "the name of a built-in source",
      example.replace("peopledesk: {", "clerk: {"),
      /clerk is built in: give/,
    ],
    ["half a file", "export default defineConfig(", /^inbound\.config\.ts: /],
  ])("npm run build refuses %s in one line", async (_, text, message) => {
    configure(text);
    const { status, error } = await run("infra/commands/build.ts");
    expect(status).toBe(1);
    expect(error.trim()).toMatch(message);
    expect(error.trim()).not.toContain("\n");
  });
});
