import { chmodSync } from "node:fs";
import { describe, expect, it, onTestFinished } from "vitest";
import { signDelivery } from "#infra/fixtures/cases.ts";
import { startSandbox } from "#infra/sandbox/sandbox.ts";
import bamboohr from "#lib/sources/bamboohr/index.ts";
import { run } from "../commands/real-command.ts";
import { hired } from "../journeys/people.ts";
import { invented } from "../invented-secrets.ts";
import { newPlace, operatorHeader, startServe } from "./service-process.ts";

async function open() {
  const sandbox = await startSandbox({ accessKeys: [invented.authing] });
  onTestFinished(() => sandbox.close());
  return { sandbox, ...newPlace(sandbox.url) };
}

function signed() {
  const body = Buffer.from(JSON.stringify(hired()));
  const secret = invented["sources/bamboohr"] as never;
  const request = signDelivery(
    bamboohr,
    secret,
    { body, contentType: "application/json" },
    { now: Date.now(), id: "1" },
  );
  return { method: "POST", headers: request.headers, body: request.body as Uint8Array<ArrayBuffer> };
}

describe("npm run serve", () => {
  it("does not start with secrets that other users of the machine can read, and says what to do", async () => {
    const { environment, secrets } = await open();
    chmodSync(secrets, 0o644);
    const ran = await run("serve", ["--port", "0"], environment);
    expect(ran).toMatchObject({ status: 1, out: "" });
    expect(ran.error).toBe(
      `misconfigured: secrets-file-open; at ${secrets}; other users of this machine may use it (0644): chmod 600 ${secrets}\n`,
    );
  });

  it("does not start with invented secrets", async () => {
    const { environment } = await open();
    const ran = await run("serve", [], { ...environment, INBOUND_SECRETS: "" });
    expect(ran.status).toBe(1);
    expect(ran.error).toContain("INBOUND_SECRETS");
  });

  it.each([
    [["--port", "http"], '--port "http" is no port'],
    [["--port", "70000"], '--port "70000" is no port'],
    [["--bind", "localhost"], '--bind "localhost" is no IP address'],
  ])("refuses %s", async (given, why) => {
    const { environment } = await open();
    const ran = await run("serve", given, environment);
    expect(ran.status).toBe(2);
    expect(ran.error).toContain(why);
  });

  it("is one process for one store, whatever its ports are", async () => {
    const { environment, store } = await open();
    await startServe(environment);
    const ran = await run("serve", ["--port", "0"], environment);
    expect(ran.status).toBe(1);
    expect(ran.error.trim()).toBe(
      `misconfigured: store-in-use; at ${store}; another process works with it: end that one first, or name another folder`,
    );
  });

  it("does not start over a store that knows the accounts of another Authing", async () => {
    const { environment } = await open();
    await (await startServe(environment)).end("SIGTERM");
    const ran = await run("serve", ["--port", "0"], { ...environment, AUTHING_HOST: "http://localhost:1" });
    expect(ran.status).toBe(1);
    expect(ran.error).toContain("store-of-another-authing");
  });

  it("has nothing but webhooks for senders, and nothing for users without its key", async () => {
    const { environment, store, sandbox } = await open();
    const { webhooks, operator } = await startServe(environment);
    const status = async (address: string, init?: RequestInit) => (await fetch(address, init)).status;
    const put = { method: "PUT", body: "工号,姓名,邮箱\n1,张三,a@example.com\n" };
    const path = "/uploads/incoming/users/people.csv";
    for (const each of ["/events", "/people/10010", "/healthz", "/uploads/results/", "/enrolments/okta"]) {
      expect(await status(`${webhooks}${each}`, { headers: operatorHeader(store) }), each).toBe(401);
    }
    expect(await status(`${webhooks}${path}`, { ...put, headers: operatorHeader(store) })).toBe(401);
    for (const headers of [{}, { authorization: "Bearer 0" }, { authorization: "" }]) {
      expect(await status(`${operator}/events`, { headers })).toBe(401);
      expect(await status(`${operator}${path}`, { ...put, headers })).toBe(401);
      expect(await status(`${operator}/operations`, { method: "POST", body: "{}", headers })).toBe(401);
    }
    expect(await status(`${operator}/webhooks/bamboohr`, signed())).toBe(401);
    expect(await status(`${operator}${path}`, { ...put, headers: operatorHeader(store) })).toBe(202);
    await expect.poll(() => sandbox.users().length, { timeout: 10_000 }).toBe(1);
  });

  it("is operated by the same commands as a laptop, by its user alone", async () => {
    const { environment, sandbox } = await open();
    const { webhooks, operator } = await startServe(environment);
    expect((await fetch(`${webhooks}/webhooks/bamboohr`, signed())).status).toBe(202);
    expect((await fetch(`${webhooks}/webhooks/bamboohr`, { method: "POST", body: "{}" })).status).toBe(401);
    await expect.poll(() => sandbox.users().length, { timeout: 10_000 }).toBe(1);
    const PORT = new URL(operator).port;
    const command = (name: string, ...given: string[]) => run(name, given, { ...environment, PORT });
    await expect
      .poll(async () => (await command("explain", "10010")).out, { timeout: 10_000 })
      .toContain("accepted");
    expect((await command("parked", "list")).out).toContain("nothing is parked");
    expect((await command("refused")).out).toContain("bamboohr");
    expect((await command("pause", "okta")).status).toBe(0);
    expect((await command("resume", "okta", "--yes")).status).toBe(0);
    expect((await command("doctor", "--local")).out).toContain(`npm run serve runs on ${PORT}`);
    const stranger = await run("explain", ["10010"], { ...environment, PORT, INBOUND_STORE: "/nowhere" });
    expect(stranger).toMatchObject({
      status: 1,
      error: expect.stringContaining("operator-refused") as string,
    });
  });

  it("ends what is in work before it ends, and remembers what has come in", async () => {
    const { environment, sandbox } = await open();
    sandbox.script([{ on: "create-users-batch", fault: { kind: "slow", milliseconds: 1500 } }]);
    const service = await startServe(environment);
    expect((await fetch(`${service.webhooks}/webhooks/bamboohr`, signed())).status).toBe(202);
    await expect.poll(() => sandbox.requests.length, { timeout: 10_000, interval: 5 }).toBeGreaterThan(0);
    expect(await service.end("SIGTERM")).toBe(0);
    expect(service.out()).toMatch(/Stopped\.\n$/);
    expect(sandbox.users()).toMatchObject([{ externalId: "10010" }]);
    const next = await startServe(environment);
    const PORT = new URL(next.operator).port;
    expect((await run("explain", ["10010"], { ...environment, PORT })).out).toContain("accepted");
  });
});
