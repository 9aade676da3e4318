import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { browserArguments, browserPath } from "./browser-path.ts";
import { smallPng } from "./small-png.ts";

// npm run screenshots: the pictures of docs/images, of a fresh laptop with its samples and two stories.

const root = join(import.meta.dirname, "../..");
const images = join(root, "docs/images");

/** Runs `npm start` on free ports until `end` is called. `page`: the address of the page. */
async function startLaptop() {
  const child = spawn(
    process.execPath,
    ["infra/commands/start.ts", "--sources", "bamboohr,clerk,feishu,okta"],
    {
      cwd: root,
      env: { ...process.env, PORT: "0" },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  let out = "";
  await new Promise<void>((resolve, reject) => {
    child.stdout.on("data", (bytes: Buffer) => {
      out += bytes.toString();
      if (out.includes("Ctrl-C stops")) resolve();
    });
    child.once("exit", () => reject(new Error(`npm start ended: ${out}`)));
  });
  return { page: /^Page +(http\S+)/m.exec(out)?.[1] ?? "", end: () => child.kill() };
}

/** What the page itself would send. */
const send = (page: Page, source: string, name: string): Promise<void> =>
  page.evaluate(
    async (request) => {
      await fetch("/console/api/send", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(request),
      });
    },
    { source, case: name },
  );

const executablePath = browserPath();
if (executablePath === undefined) {
  throw new Error(
    "No browser is here. On Debian: apt-get install chromium fonts-noto-cjk; elsewhere name one in CHROMIUM.",
  );
}
mkdirSync(images, { recursive: true });
const laptop = await startLaptop();
const browser = await chromium.launch({ executablePath, args: [...browserArguments] });
try {
  const open = async (
    options: { readonly locale?: string; readonly colorScheme?: "light" | "dark" } = {},
  ) => {
    const context = await browser.newContext({
      viewport: { width: 1200, height: 760 },
      locale: "en-GB",
      timezoneId: "Asia/Shanghai",
      colorScheme: "light",
      reducedMotion: "reduce",
      ...options,
    });
    const page = await context.newPage();
    await page.goto(laptop.page);
    // The names come a moment after the lines.
    await page.locator(".line", { hasText: "Zoë" }).first().waitFor();
    return page;
  };
  const show = async (page: Page, hash: string, ready: string) => {
    await page.evaluate((next) => {
      location.hash = next;
    }, hash);
    await page.locator(ready).first().waitFor();
  };
  const picture = async (page: Page, name: string) => {
    await page.locator(".state.is-live").waitFor();
    writeFileSync(join(images, `${name}.png`), smallPng(await page.screenshot()));
  };

  const page = await open();
  for (const source of ["clerk", "okta"]) {
    const { story } = await page.evaluate(async (name) => {
      const place = await (await fetch("/console/api/place")).json();
      return place.sources.find((each: { name: string }) => each.name === name);
    }, source);
    for (const step of story) await send(page, source, step);
  }
  await send(page, "clerk", "user-updated");
  await send(page, "bamboohr", "employee-updated-partially");
  await send(page, "clerk", "user-event-unknown");
  await page.evaluate(() => fetch("/webhooks/okta", { method: "POST", body: "{}" }));
  await page.locator(".line", { hasText: "user.deleted" }).first().waitFor();
  await page.locator(".line", { hasText: "refused" }).first().waitFor();
  await page.reload();
  await page.locator(".line", { hasText: "Zoë" }).first().waitFor();
  await picture(page, "live");

  await page.locator(".line", { hasText: "user.created" }).first().click();
  await page.locator(".outcome .chip").waitFor();
  await page.setViewportSize({ width: 1200, height: 1500 });
  await picture(page, "event");

  await page.setViewportSize({ width: 1200, height: 900 });
  await show(page, "#/person/user_invented0010", ".timeline li");
  await picture(page, "person");

  await show(page, "#/parked", ".cause");
  await page.locator("button", { hasText: "Redrive …" }).first().click();
  await page.locator("dialog table").waitFor();
  await page.setViewportSize({ width: 1200, height: 760 });
  await picture(page, "parked");
  await page.keyboard.press("Escape");

  await show(page, "#/live?q=import", ".line");
  await page.locator(".line", { hasText: "members.csv" }).first().click();
  await page.locator(".report").waitFor();
  await page.setViewportSize({ width: 1200, height: 1000 });
  await page.evaluate(() => scrollTo(0, 0));
  await picture(page, "import");

  await picture(await open({ locale: "zh-CN" }), "live-zh");
  await picture(await open({ colorScheme: "dark" }), "live-dark");
} finally {
  await browser.close();
  laptop.end();
}
