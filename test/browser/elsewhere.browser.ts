import { expect, it, onTestFinished } from "vitest";
import { signDelivery } from "#infra/fixtures/cases.ts";
import { startSandbox } from "#infra/sandbox/sandbox.ts";
import bamboohr from "#lib/sources/bamboohr/index.ts";
import { invented } from "../invented-secrets.ts";
import { newPlace, startServe } from "../service/service-process.ts";
import { runConsole } from "./elsewhere.ts";
import { employees } from "./laptop.ts";
import { openPage, visit } from "./pages.ts";

// `npm run console` against a machine that `npm run serve` runs: the people there are real.

async function openMachine() {
  const sandbox = await startSandbox({ accessKeys: [invented.authing] });
  onTestFinished(() => sandbox.close());
  const { environment, folder } = newPlace(sandbox.url);
  const serve = await startServe(environment);
  const send = async (body: unknown) => {
    const said = { body: Buffer.from(JSON.stringify(body)), contentType: "application/json" };
    const at = { now: Date.now(), id: "1" };
    const { headers, body: bytes } = signDelivery(bamboohr, invented["sources/bamboohr"] as never, said, at);
    const url = `${serve.webhooks}/webhooks/bamboohr`;
    const answer = await fetch(url, { method: "POST", headers, body: bytes as Uint8Array<ArrayBuffer> });
    expect(answer.status).toBe(202);
  };
  return { sandbox, serve, environment, folder, send };
}

it("shows ids and codes, no name, address or payload, and changes nothing", async () => {
  const { serve, environment, send } = await openMachine();
  await send(employees(100, 12, "Created"));
  const address = await runConsole(["--url", serve.operator], environment);
  const page = await openPage(address);
  await page.locator("header", { hasText: "reads only" }).waitFor();
  await expect.poll(() => page.locator(".line", { hasText: "accepted" }).count()).toBe(12);
  await send(employees(100, 12, "Deleted"));
  await expect.poll(() => page.locator(".line", { hasText: "held" }).count()).toBe(2);
  expect(await page.locator("button", { hasText: /^(Pause|Resume)$/ }).count()).toBe(0);

  const seen: string[] = [];
  await page.locator(".line", { hasText: "held" }).first().click();
  await page.locator("h1 .chip").waitFor();
  await page.locator(".reason", { hasText: "mass-departure" }).waitFor();
  await page.locator("button", { hasText: "as a command" }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(
    new RegExp(`^npm run explain -- bamboohr/\\w+ --url ${serve.operator}$`),
  );
  seen.push(await page.locator("body").innerText());
  await visit(page, "#/person/100");
  await page.locator(".timeline li").first().waitFor();
  await page.locator(".timeline summary").first().click();
  seen.push(await page.locator("body").innerText());
  await visit(page, "#/try");
  await page.locator(".empty", { hasText: "npm start" }).waitFor();
  await visit(page, "#/parked");
  await page.locator("button", { hasText: "Release …" }).first().click();
  await page.locator("dialog table").waitFor();
  seen.push(await page.locator("body").innerText());
  await page.locator("dialog", { hasText: "only reads here" }).waitFor();
  expect(await page.locator("dialog button", { hasText: "Yes, do it" }).count()).toBe(0);
  expect(seen.join("\n")).not.toMatch(/张|example\.com/);
});

it("changes what --allow-changes allows", async () => {
  const { sandbox, serve, environment, send } = await openMachine();
  await send(employees(100, 12, "Created"));
  await expect.poll(() => sandbox.users().length).toBe(12);
  await send(employees(100, 12, "Deleted"));
  const address = await runConsole(["--url", serve.operator, "--allow-changes"], environment);
  const page = await openPage(address);
  await page.locator("header", { hasText: "may change" }).waitFor();
  await expect.poll(() => page.locator(".line", { hasText: "held" }).count()).toBe(2);
  await visit(page, "#/parked");
  await page.locator("button", { hasText: "Release …" }).first().click();
  await page.locator("dialog button", { hasText: "Yes, do it" }).click();
  await page.locator("dialog caption", { hasText: "Became" }).waitFor();
  await expect.poll(() => sandbox.users().filter(({ status }) => status === "Resigned").length).toBe(12);
});

it("says so where the operator has no key, and where the machine has ended", async () => {
  const { serve, environment, folder } = await openMachine();
  const address = await runConsole(["--url", serve.operator], {
    ...environment,
    INBOUND_STORE: `${folder}/other`,
  });
  const page = await openPage(address);
  const told = () => page.locator("main > .bad").innerText();
  await expect.poll(told).toContain("operator-refused");
  await serve.end("SIGTERM");
  await expect.poll(told).toContain("no-answer");
});
