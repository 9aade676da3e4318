import { expect, it, onTestFinished } from "vitest";
import type { OperationRequest } from "#lib/handlers/operations.ts";
import { openElsewhere } from "./elsewhere.ts";
import { openLaptop } from "./laptop.ts";
import { openPage, visit } from "./pages.ts";

// Whatever comes from outside is shown as text. `openPage` fails for whatever leaves the machine and whatever the page's policy refuses.

const markup = `<img src=x onerror=alert(1)><script src=//example.com></script>`;
const turned = "abc\u202edcba";

it("a delivery that holds markup is shown as it came", async () => {
  const laptop = await openLaptop();
  onTestFinished(() => laptop.close());
  await laptop.say("clerk", {
    type: "user.created",
    object: "event",
    timestamp: Date.now(),
    data: {
      id: `user_${markup}`,
      username: "zoe",
      first_name: markup,
      last_name: turned,
      email_addresses: [],
      created_at: Date.now(),
      updated_at: Date.now(),
    },
  });
  await laptop.say("clerk", {
    type: "user.unknown",
    object: "event",
    timestamp: Date.now(),
    data: { id: `user_${markup}` },
  });
  await laptop.stack.settled();
  const page = await openPage(laptop.address);
  await expect.poll(() => page.locator(".line", { hasText: "<img src=x" }).count()).toBe(2);

  await page.locator(".line", { hasText: "user.created" }).click();
  await page.locator("summary").first().click();
  expect(await page.locator("pre.body").first().innerText()).toContain(markup);
  // The mark that turns a line around does not reach past its own text.
  const isolated = await page
    .locator("pre.body bdi")
    .first()
    .evaluate((own) => getComputedStyle(own).unicodeBidi);
  expect(isolated).toBe("isolate");

  for (const view of [
    "person",
    "parked",
    "refused",
    "files",
    "rosters",
    "try",
    `person/${encodeURIComponent(`user_${markup}`)}`,
  ]) {
    await visit(page, `#/${view}`);
    await page.locator("main h1, main form").first().waitFor();
    expect(await page.locator("main img, main script").count()).toBe(0);
  }
  await page.locator("h1", { hasText: "<img src=x" }).waitFor();
  await visit(page, "#/parked?source=clerk");
  await page.locator("tbody th a", { hasText: "<img src=x" }).waitFor();
});

it("a place that answers with nothing but markup changes nothing of the page", async () => {
  const at = new Date().toISOString();
  const event = {
    source: markup,
    id: `${markup}/${turned}`,
    type: markup,
    subject: markup,
    externalId: markup,
    occurredAt: at,
    receivedAt: at,
    settledAt: at,
    proof: markup,
    changes: [markup],
    trail: { [markup]: `${markup} · ${turned}` },
    dropped: [{ path: markup, problem: markup }],
    superseded: { [markup]: `${markup}/${markup}` },
    outcome: {
      kind: "rejected",
      reason: markup,
      field: markup,
      userId: markup,
      requestId: markup,
      by: `okta/${markup}`,
    },
    parked: { kind: "dead", reason: markup, path: markup, hint: markup, attempts: 1 },
    leftBefore: [markup],
    otherExternalId: markup,
  };
  const row = {
    ...event,
    kind: "dead",
    reason: markup,
    since: at,
    path: markup,
    hint: markup,
    result: markup,
    fields: { [markup]: "new" },
  };
  const refusal = {
    status: 401,
    at,
    reason: markup,
    source: markup,
    method: markup,
    headers: markup,
    bodyBytes: 1,
  };
  const answers: Readonly<Partial<Record<OperationRequest["operation"], unknown>>> = {
    recent: {
      events: [
        {
          at,
          source: markup,
          id: `${markup}/x`,
          outcome: markup,
          type: markup,
          reason: markup,
          field: markup,
          externalId: markup,
        },
      ],
    },
    sources: {
      sources: [{ name: markup, title: markup, deliveries24h: 1, lastHeardAt: at, pausedSince: at }],
    },
    explain: {
      person: {
        externalId: markup,
        userId: markup,
        createdBy: `okta/${markup}`,
        owner: markup,
        closedBy: [markup],
        formerly: [markup],
      },
      account: { userId: markup, status: markup },
      events: [event],
    },
    list: { rows: [row], totals: [{ kind: "dead", source: markup, reason: markup, count: 1 }] },
    redrive: { rows: [row] },
    refused: {
      totals: [{ source: markup, reason: markup, count: 1, firstAt: at, lastAt: at }],
      refusals: [refusal],
      isComplete: false,
    },
    "last-rosters": { rosters: [{ source: "okta", run: markup, at, people: 1 }] },
  };
  const place = await openElsewhere({ operate: async ({ operation }) => answers[operation] ?? {} });
  onTestFinished(() => place.close());
  const page = await openPage(place.address);
  await page.locator(".line", { hasText: "<img src=x" }).waitFor();
  for (const [hash, shown] of [
    [`#/event/${encodeURIComponent(markup)}/${encodeURIComponent(`${markup}/${turned}`)}`, "h1"],
    [`#/person/${encodeURIComponent(markup)}`, ".timeline"],
    ["#/parked", ".cause h2"],
    ["#/refused", ".cause h2"],
  ] as const) {
    await visit(page, hash);
    await page.locator(shown, { hasText: "<img src=x" }).first().waitFor();
    expect(await page.locator("img, main script").count()).toBe(0);
  }
  await visit(page, "#/parked");
  await page.locator("button", { hasText: "Redrive …" }).first().click();
  await page.locator("dialog tbody", { hasText: "<img src=x" }).waitFor();
  await page.locator("dialog button", { hasText: "as a command" }).click();
  const command = await page.evaluate(() => navigator.clipboard.readText());
  expect(command).toContain(`--source '${markup}' --reason '${markup}' --stage prod`);
});
