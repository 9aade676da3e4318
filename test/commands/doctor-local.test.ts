import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { readFixtures, type RecordedAnswer } from "#infra/fixtures/cases.ts";
import { startRecordedApi } from "#infra/local/recorded-api.ts";
import { serve } from "#infra/local/server.ts";
import { startSandbox } from "#infra/sandbox/sandbox.ts";
import { checkSourceApi } from "#infra/commands/laptop-source-api.ts";
import type { Source } from "#lib/contract/source.ts";
import { builtInSources } from "#lib/wiring/enabled-sources.ts";
import { invented } from "../invented-secrets.ts";
import { run, startOnLaptop, untilTheTestEnds } from "./real-command.ts";

// npm run doctor -- --local: Authing is the sandbox, and the sources' APIs give recorded answers.

const folder = mkdtempSync(join(tmpdir(), "doctor-local-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, "secrets.json");
const asking = ["bamboohr", "dingtalk", "feishu", "okta", "wecom"];

/** A file of the developer's own secrets, whose sources ask this API, and the environment that names it. */
async function laptop(changed: object = {}, more: readonly RecordedAnswer[] = []) {
  const answers = asking.flatMap((name) =>
    readFixtures(name).flatMap((each) => (each.kind === "events" ? each.answers : [])),
  );
  // Of one request the first recording counts.
  const api = await startRecordedApi([{ answers: more }, { answers }]);
  onTestFinished(() => api.close());
  const sandbox = await startSandbox({ accessKeys: [invented.authing] });
  onTestFinished(() => sandbox.close());
  const own = Object.fromEntries(
    Object.entries(invented).map(([name, secret]) => [
      name,
      asking.includes(name.replace("sources/", "")) ? { ...secret, apiHost: api.url } : secret,
    ]),
  );
  writeFileSync(file, JSON.stringify({ ...own, ...changed }));
  return { api, sandbox, environment: { INBOUND_SECRETS: file, AUTHING_HOST: sandbox.url, PORT: "0" } };
}

describe("npm run doctor -- --local", () => {
  it("finds a laptop with secrets of its own fine, and changes nothing", async () => {
    const { environment, sandbox, api } = await laptop();
    const { status, out, error } = await run("doctor", ["--local"], environment);
    expect({ status, error }).toEqual({ status: 0, error: "" });
    expect(out).not.toMatch(/^[✗!]/m);
    expect(out).toMatch(/^✓ Node: v\d+/m);
    expect(out).toMatch(/^✓ secret sources\/okta: has the fields/m);
    expect(out).toMatch(/^✓ Authing: http:\/\/localhost:\d+ takes the access key/m);
    for (const name of asking)
      expect(out).toMatch(new RegExp(`^✓ API of ${name}: http://.* takes the credentials$`, "m"));
    expect(out).toMatch(/^✓ clock: within 60 s/m);
    expect(sandbox.users()).toEqual([]);
    expect(api.requests.every(({ known }) => known)).toBe(true);
    for (const secret of Object.values(invented).flatMap(Object.values)) expect(out).not.toContain(secret);
  });

  it("finds no fault with a source that works without its API", async () => {
    const secret = { username: "acme", password: "invented-password" };
    const clock = { now: Date.now, random: Math.random, wait: async () => {} };
    const finding = await checkSourceApi(builtInSources().get("workday") as Source, secret, clock);
    expect(finding).toMatchObject({
      state: "attention",
      what: "API of workday: its secret has no credentials for it",
    });
  });

  it("names what is missing in the file of secrets, never a value", async () => {
    const { environment } = await laptop({
      "sources/clerk": { signingSecret: 7 },
      "sources/okta": { domain: "okta.example.com" },
      "sources/feishu": undefined,
    });
    const { status, out } = await run("doctor", ["--local"], environment);
    expect(status).toBe(1);
    expect(out).toMatch(
      /^✗ secret sources\/clerk: signingSecret does not have the form .*write it into .*secrets\.json/m,
    );
    expect(out).toMatch(/^✗ secret sources\/okta: authorization is missing/m);
    expect(out).toMatch(/^✗ secret sources\/feishu: is not in the file of INBOUND_SECRETS → write it into/m);
    expect(out).not.toContain("okta.example.com");
  });

  it("looks at the sources that are named only", async () => {
    const { environment } = await laptop({ "sources/clerk": undefined });
    const { status, out } = await run("doctor", ["--local", "--sources", "okta"], environment);
    expect({ status, out }).toMatchObject({ status: 0, out: expect.stringMatching(/^✓ API of okta/m) });
    expect(out).not.toContain("clerk");
    expect(await run("doctor", ["--stage", "prod", "--sources", "okta"])).toMatchObject({ status: 2 });
  });

  it("says which source's credentials are refused, and that Authing refuses the key", async () => {
    const refused = readFixtures("okta")
      .flatMap((each) => (each.kind === "events" ? each.answers : []))
      .map(({ request }) => ({ request, status: 401, json: { errorCode: "E0000011" } }));
    const { environment, sandbox } = await laptop({}, refused);
    sandbox.setAccessKeys([{ accessKeyId: "63f0a1b2c3d4e5f607182999", accessKeySecret: "another" }]);
    const { status, out } = await run("doctor", ["--local"], environment);
    expect(status).toBe(1);
    expect(out).toMatch(/^✗ API of okta: source-credentials-refused .*→ /m);
    expect(out).toMatch(/^✓ API of wecom/m);
    expect(out).toMatch(/^✗ Authing: .*credentials-refused .*→ compare accessKeyId/m);
  });

  it("says that a source's API, or Authing, does not answer", async () => {
    const { environment } = await laptop({
      "sources/okta": { ...invented["sources/okta"], apiHost: "http://127.0.0.1:1" },
    });
    const { status, out } = await run("doctor", ["--local"], {
      ...environment,
      AUTHING_HOST: "http://127.0.0.1:1",
    });
    expect(status).toBe(1);
    expect(out).toMatch(
      /^✗ API of okta: http:\/\/127\.0\.0\.1:1 does not answer → check this machine's network/m,
    );
    expect(out).toMatch(/^✗ Authing: .*→ check AUTHING_HOST, and whether/m);
  });

  it("looks at the ports: free, of npm start, or of another program", async () => {
    const stack = await startOnLaptop();
    onTestFinished(() => stack.end());
    const ours = await run("doctor", ["--local"], { PORT: new URL(stack.url).port });
    expect(ours).toMatchObject({
      status: 0,
      out: expect.stringMatching(/^✓ ports: npm start runs on \d+$/m),
    });
    expect(ours.out).toMatch(/^! secrets: the invented ones, .*INBOUND_SECRETS=/m);
    const other = await untilTheTestEnds(
      await serve(
        0,
        () => 0,
        async () => ({ status: 200 }),
      ),
    );
    const taken = await run("doctor", ["--local"], { PORT: String(other) });
    expect(taken.status).toBe(1);
    expect(taken.out).toMatch(new RegExp(`^✗ ports: port ${other} is in use → .*PORT=\\d+ npm start$`, "m"));
  });

  it("refuses invented secrets for an Authing that is not the sandbox, and a stage beside --local", async () => {
    const { status, out } = await run("doctor", ["--local"], {
      PORT: "0",
      AUTHING_HOST: "https://authing.example",
    });
    expect({ status, out }).toMatchObject({
      status: 1,
      out: expect.stringMatching(/^✗ secrets: .*AUTHING_HOST.*INBOUND_SECRETS/m),
    });
    expect(await run("doctor", ["--local", "--stage", "prod"])).toMatchObject({ status: 2 });
    expect(await run("doctor", [])).toMatchObject({
      status: 2,
      error: expect.stringContaining("npm run doctor -- --local"),
    });
  });
});
