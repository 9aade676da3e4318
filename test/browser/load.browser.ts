import { expect, it, onTestFinished } from "vitest";
import type { RecentEvent } from "#lib/contract/recent.ts";
import type { OperationRequest } from "#lib/handlers/operations.ts";
import { openElsewhere } from "./elsewhere.ts";
import { openPage, tabTo } from "./pages.ts";

declare global {
  interface Window {
    /** Milliseconds of tasks of more than 50 ms. */
    longTasks?: number[];
  }
}

const start = Date.parse("2026-03-01T12:00:00.000Z");
const event = (number: number): RecentEvent => ({
  at: new Date(start + number).toISOString(),
  source: "okta",
  id: `e${number}`,
  type: "user.lifecycle.create",
  outcome: number % 100 === 0 ? "dead" : "accepted",
  subject: `00u${number}`,
  milliseconds: 12,
});
const most = 1000;

/** A place in which `count` events happen, and more can: as many between two questions as the page asks for, or all at once. */
async function openPlace(count: number) {
  let planned = count;
  let happened = 0;
  const place = await openElsewhere({
    async operate(request: OperationRequest) {
      if (request.operation !== "recent") return { sources: [] };
      happened = Math.max(happened, Math.min(planned, happened + most - 1));
      const since = request.since === undefined ? 0 : Date.parse(request.since) - start;
      const from = Math.max(since, happened - most);
      return {
        events: Array.from({ length: happened - from }, (_, index) => event(from + index)),
        isComplete: from === since,
      };
    },
  });
  onTestFinished(() => place.close());
  return {
    ...place,
    happen: (more: number) => (planned += more),
    happenAtOnce: (more: number) => (happened = planned += more),
  };
}

it("ten thousand events that come while the page is open leave the list short, quick to search and to scroll", async () => {
  const place = await openPlace(100);
  const page = await openPage(place.address);
  await page.evaluate(() => {
    window.longTasks = [];
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) window.longTasks?.push(Math.round(duration));
    }).observe({ type: "longtask" });
  });
  await page.locator(".line").first().waitFor();
  const all = () => page.locator(".chips button").first().innerText();
  await expect.poll(all).toBe("All 100");
  place.happen(9_900);
  await expect.poll(all, { timeout: 60_000 }).toBe("All 10000");
  const rows = () => page.locator(".line").count();
  expect(await rows()).toBeLessThan(100);

  await tabTo(page, ".lines");
  await page.keyboard.press("End");
  await page.locator("#line-9999[aria-selected=true]").waitFor();
  expect(await page.locator("#line-9999").innerText()).toContain("00u0");
  expect(await rows()).toBeLessThan(100);
  for (let count = 0; count < 20; count += 1) await page.keyboard.press("PageUp");
  expect(await rows()).toBeLessThan(100);
  // A line that is in sight stays where it is while others come in above it.
  const chosen = await page.locator(".line[aria-selected=true]").boundingBox();
  const before = await page.locator(".line[aria-selected=true]").innerText();
  place.happen(50);
  await expect.poll(all).toBe("All 10050");
  expect(await page.locator(".line[aria-selected=true]").innerText()).toBe(before);
  expect(await page.locator(".line[aria-selected=true]").boundingBox()).toEqual(chosen);

  await page.keyboard.press("/");
  await page.keyboard.type("00u7777");
  await expect.poll(rows).toBe(1);
  await page.keyboard.press("Control+a");
  await page.keyboard.type("dead");
  await expect
    .poll(() => page.locator(".lines [role=option]").first().getAttribute("aria-setsize"))
    .toBe("101");
  const tasks = (await page.evaluate(() => window.longTasks)) ?? [];
  console.log(`tasks longer than 50 ms: ${tasks.length}, the longest ${Math.max(0, ...tasks)} ms`);
});

it("keeps the newest lines where more come than a page can hold", async () => {
  const place = await openPlace(20_500);
  const page = await openPage(place.address);
  const newest = page.locator("#line-0", { hasText: "00u20499" });
  await newest.waitFor({ timeout: 60_000 });
  const count = Number((await page.locator(".chips button").first().innerText()).replace("All ", ""));
  expect(count).toBeGreaterThanOrEqual(10_000);
  expect(count).toBeLessThanOrEqual(20_000);
  place.happen(1);
  await page.locator("#line-0", { hasText: "00u20500" }).waitFor();
});

it("says when more came at once than it lists", async () => {
  const place = await openPlace(100);
  const page = await openPage(place.address);
  const note = page.getByText("some events before are not listed");
  await page.locator(".line").first().waitFor();
  expect(await note.count()).toBe(0);
  place.happenAtOnce(1_500);
  await note.waitFor();
  await page.locator("#line-0", { hasText: "00u1599" }).waitFor();
  expect(await note.locator("time").getAttribute("datetime")).toBe(event(600).at);
});
