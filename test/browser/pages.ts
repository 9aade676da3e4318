import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import { expect, inject, onTestFinished } from "vitest";

let connected: Promise<Browser> | undefined;

declare global {
  interface Window {
    /** What the Content-Security-Policy has refused. */
    violations?: string[];
  }
}

/** A page for the length of one test. At its end nothing must have left this machine, failed, or been refused by the page's own policy. */
export async function openPage(address: string, options: BrowserContextOptions = {}): Promise<Page> {
  connected ??= chromium.connect(inject("browser"));
  const context = await (
    await connected
  ).newContext({
    viewport: { width: 1280, height: 800 },
    locale: "en-GB",
    colorScheme: "light",
    permissions: ["clipboard-read", "clipboard-write"],
    ...options,
  });
  context.setDefaultTimeout(60_000);
  await context.addInitScript(() => {
    window.violations = [];
    addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
      window.violations?.push(`${violatedDirective} ${blockedURI}`);
    });
  });
  const page = await context.newPage();
  const failures: string[] = [];
  const foreign: string[] = [];
  page.on("pageerror", (error) => failures.push(error.message));
  page.on("dialog", (dialog) => (failures.push(`dialog: ${dialog.message()}`), void dialog.dismiss()));
  context.on("request", (request) => {
    const { hostname, protocol } = new URL(request.url());
    const isHere = protocol === "data:" || hostname === "localhost" || hostname === "127.0.0.1";
    if (!isHere) foreign.push(request.url());
  });
  onTestFinished(async () => {
    const violations = await page.evaluate(() => window.violations ?? []);
    await context.close();
    expect({ failures, foreign, violations }).toEqual({ failures: [], foreign: [], violations: [] });
  });
  await page.goto(address);
  return page;
}

/** Goes to a view of the page. */
export async function visit(page: Page, hash: string): Promise<void> {
  await page.evaluate((next) => {
    location.hash = next;
  }, hash);
}

/** Presses Tab until the focus is on what the selector finds, as a reader without a mouse does. */
export async function tabTo(page: Page, selector: string): Promise<void> {
  await page.locator(selector).first().waitFor({ state: "attached" });
  for (let count = 0; count < 150; count += 1) {
    const isThere = await page.evaluate((wanted) => {
      const { activeElement } = document;
      return activeElement !== null && [...document.querySelectorAll(wanted)].includes(activeElement);
    }, selector);
    if (isThere) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab does not lead to ${selector}`);
}

/** As `tabTo`, to what has this text: `tag` as in `button`. Playwright's own selectors are not the page's. */
export async function tabToText(page: Page, tag: string, text: string): Promise<void> {
  await page.locator(tag, { hasText: text }).first().waitFor({ state: "attached" });
  for (let count = 0; count < 150; count += 1) {
    const focused = await page.evaluate(() => ({
      tag: document.activeElement?.tagName.toLowerCase(),
      text: document.activeElement?.textContent ?? "",
    }));
    if (focused.tag === tag && focused.text.includes(text)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab does not lead to ${tag} ${text}`);
}
