import axe from "axe-core";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { words } from "#infra/console/page/words.ts";
import { employees, openLaptop, type Laptop } from "./laptop.ts";
import { openPage, visit } from "./pages.ts";

// Each view in both languages and both themes: nothing is left in the other language, and axe-core finds nothing serious.

let laptop: Laptop;
let views: readonly string[];
beforeAll(async () => {
  laptop = await openLaptop();
  const { stack } = laptop;
  await laptop.send({ source: "clerk", case: "user-created" });
  await laptop.say("bamboohr", employees(100, 12, "Created"));
  await stack.settled();
  await laptop.say("bamboohr", employees(100, 12, "Deleted"));
  const unknown = await laptop.send({ source: "clerk", case: "user-event-unknown" });
  const refused = await fetch(`${stack.url}/webhooks/clerk`, { method: "POST", body: "{}" });
  const file = "工号,姓名,邮箱\n30001,李四,li.si@example.com\n30002,,broken\n";
  const upload = async (root: string) => {
    const answer = await fetch(`${stack.url}/uploads/${root}/users/mine.csv`, { method: "PUT", body: file });
    return ((await answer.json()) as { import: string }).import;
  };
  const preview = await upload("plan");
  await stack.settled();
  const done = await upload("incoming");
  const roster = (await (
    await fetch(`${stack.url}/operations`, {
      method: "POST",
      body: JSON.stringify({ operation: "start-roster", source: "okta", plan: true }),
    })
  ).json()) as { run: string };
  await stack.settled();
  const events = async (id: string | undefined) =>
    (await (await fetch(`${stack.url}/deliveries/${id}`)).json()) as {
      events: { source: string; id: string }[];
    };
  const [dead] = (await events(unknown.delivery)).events;
  const accepted = stack.ledger.recent(100).find(({ source }) => source === "clerk");
  views = [
    "live",
    `event/clerk/${accepted?.id}`,
    `event/clerk/${dead?.id}`,
    `delivery/${refused.headers.get("x-inbound-delivery")}`,
    "person",
    "person/user_invented0001",
    "person/nobody-known",
    "parked",
    "files",
    `files/${preview}`,
    `files/${done}`,
    "rosters",
    `rosters/okta/${roster.run}`,
    "try",
    "refused",
  ];
});
afterAll(() => laptop.close());

/** Goes to a view, and waits until it has all that it asked for. */
async function show(page: Page, view: string): Promise<void> {
  await visit(page, `#/${view}`);
  await page.locator("main h1, main form, main .empty").first().waitFor();
  await page.waitForLoadState("networkidle").catch(() => {});
  await expect.poll(() => page.locator("main p.faint", { hasText: /^(Loading|加载中)/ }).count()).toBe(0);
  await page.locator("summary").evaluateAll((all) => {
    for (const each of all) each.parentElement?.setAttribute("open", "");
  });
}

/** The texts of a view that the page itself says: without what came from outside, names of fields and codes. */
const ownTexts = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const texts: string[] = [];
    const hidden = "bdi, code, pre, time, option, [lang]:not(html), .brand, script, textarea";
    while (walker.nextNode()) {
      const { parentElement, textContent } = walker.currentNode;
      if (!parentElement || parentElement.closest(hidden) || !parentElement.checkVisibility()) continue;
      texts.push(textContent?.trim() ?? "");
    }
    return texts.filter((text) => text !== "");
  });

/** Words that are the same in Chinese: names of products, fields and formats, of cases and files, and codes. */
const names =
  /\b(\w+([-.]\w+)+|okta|Authing|curl|API|TOTP|HTTP|SHA-?\d*|JSON|CSV|npm( run)?( start)?|externalId|email|phone|statusCode|apiCode|Enter|r|Tab|BambooHR|Clerk|Okta|POST|GET|URL|ID|CRM|--allow-changes)\b/g;

/** What axe-core finds on the page as it is, of serious or critical impact. */
const seriousFindings = (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run();
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes: [first] }) => `${id}: ${first?.html.slice(0, 150)} ${first?.failureSummary}`);
  });

it("the Chinese page says nothing in English, and says that it is Chinese", async () => {
  const page = await openPage(laptop.address, { locale: "zh-CN" });
  const english = new Map<string, string>(
    Object.values(words).flatMap(([en, zh]) => ((en as string) === zh ? [] : [[en, zh]])),
  );
  const isEnglish = (text: string) => /[a-z]{3}/i.test(text.replaceAll(names, ""));
  const left: string[] = [];
  for (const view of views) {
    await show(page, view);
    expect(await page.evaluate(() => document.documentElement.lang)).toBe("zh-CN");
    const texts = await ownTexts(page);
    expect(
      texts.filter((text) => english.has(text)),
      view,
    ).toEqual([]);
    left.push(...texts.filter(isEnglish).map((text) => `${view}: ${text}`));
    expect(await page.title(), view).toMatch(/[\u4e00-\u9fff]/);
    if (view !== "parked") continue;
    await page.locator(".cause button").first().click();
    await page.locator("dialog table").waitFor();
    left.push(...(await ownTexts(page)).filter(isEnglish));
    await page.keyboard.press("Escape");
  }
  expect(left).toEqual([]);
});

it("the English page says nothing in Chinese", async () => {
  const page = await openPage(laptop.address);
  for (const view of views) {
    await show(page, view);
    expect(await page.evaluate(() => document.documentElement.lang)).toBe("en");
    expect(
      (await ownTexts(page)).filter((text) => /[\u4e00-\u9fff]/.test(text)),
      view,
    ).toEqual([]);
  }
});

it("the reader changes language and theme, and the page keeps both", async () => {
  const page = await openPage(laptop.address);
  await page.locator(".line").first().waitFor();
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await background();
  await page.locator("header button", { hasText: "中文" }).click();
  await page.locator("nav a", { hasText: "实时" }).waitFor();
  await page.locator("header button").last().click();
  await expect.poll(background).not.toBe(light);
  await page.reload();
  await page.locator("nav a", { hasText: "实时" }).waitFor();
  expect(await background()).not.toBe(light);
});

it.each(["light", "dark"] as const)("axe-core finds nothing serious, %s", async (colorScheme) => {
  const page = await openPage(laptop.address, { colorScheme });
  await page.evaluate(axe.source);
  for (const view of views) {
    await show(page, view);
    expect(await seriousFindings(page), view).toEqual([]);
  }
  // Above the page.
  await show(page, "parked");
  await page.locator("button", { hasText: "…" }).first().click();
  await page.locator("dialog table").waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  // It would find what is wrong.
  await page.locator("dialog h2").evaluate((title) => {
    title.style.color = "#888";
    title.style.background = "#777";
    title.after(document.createElement("input"));
  });
  expect(await seriousFindings(page)).toEqual([
    expect.stringMatching(/^color-contrast/),
    expect.stringMatching(/^label/),
  ]);
});
