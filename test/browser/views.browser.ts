import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { employees, openLaptop, type Laptop } from "./laptop.ts";
import { openPage, tabTo, tabToText, visit } from "./pages.ts";

// Each view, reached and used with the keyboard alone.

let laptop: Laptop;
beforeAll(async () => {
  laptop = await openLaptop();
  await laptop.send({ source: "clerk", case: "user-created" });
  await laptop.say("bamboohr", employees(100, 14, "Created"));
  await laptop.stack.settled();
  await laptop.say("bamboohr", employees(100, 14, "Deleted"));
  await laptop.send({ source: "clerk", case: "user-event-unknown" });
  await laptop.send({ source: "okta", case: "user-event-unknown" });
  await fetch(`${laptop.stack.url}/webhooks/clerk`, { method: "POST", body: "{}" });
  await laptop.stack.settled();
});
afterAll(() => laptop.close());

/** Follows the navigation to a view. */
async function open(page: Awaited<ReturnType<typeof openPage>>, name: string): Promise<void> {
  await tabToText(page, "a", name);
  await page.keyboard.press("Enter");
  await page.locator("nav a[aria-current=page]", { hasText: name }).waitFor();
}

describe("live", () => {
  it("leads from a line to the last field of its event", async () => {
    const page = await openPage(laptop.address);
    await page.locator(".line").first().waitFor();
    expect(page.url()).not.toContain("token");
    await page.keyboard.press("/");
    await page.keyboard.type("clerk user.created");
    await expect.poll(() => page.locator(".line").count()).toBe(1);
    await tabTo(page, ".lines");
    await expect.poll(() => page.locator(".line[aria-selected=true]").count()).toBe(1);
    await page.keyboard.press("Enter");
    await page.locator("h1", { hasText: "user.created" }).waitFor();
    expect(page.url()).toContain("#/event/clerk/");

    await tabTo(page, "summary");
    await page.keyboard.press("Enter");
    await expect.poll(() => page.locator("details[open] pre.body").first().innerText()).toContain("Zoë");
    const titles = await page.locator(".way > section > h2").allInnerTexts();
    expect(titles).toEqual(["Received", "Verified", "Split", "Translated", "Requests to Authing", "Answer"]);
    const row = page
      .locator("section", { hasText: "Translated" })
      .locator("tr", { hasText: "email" })
      .first();
    expect(await row.innerText()).toMatch(/zoe@example\.com/i);
    const request = page.locator("section", { hasText: "Requests to Authing" });
    expect(await request.innerText()).toContain("create-users-batch");
    const answer = page.locator("section", { hasText: "Answer" }).last();
    expect(await answer.innerText()).toMatch(/accepted[\s\S]*Authing user/);
  });

  it("goes through its lines with the arrow keys, and through its outcomes with Tab", async () => {
    const page = await openPage(laptop.address);
    await page.locator(".line").first().waitFor();
    await tabTo(page, ".lines");
    const chosen = () => page.locator(".lines").getAttribute("aria-activedescendant");
    await expect.poll(chosen).toBe("line-0");
    for (const [key, line] of [
      ["ArrowDown", "line-1"],
      ["ArrowDown", "line-2"],
      ["ArrowUp", "line-1"],
      ["Home", "line-0"],
    ] as const) {
      await page.keyboard.press(key);
      await expect.poll(chosen).toBe(line);
    }
    await page.keyboard.press("End");
    const last = await chosen();
    await page.locator(`#${last}[aria-selected=true]`).waitFor();
    await page.reload();
    await tabToText(page, "button", "held");
    await page.keyboard.press("Space");
    await expect.poll(() => page.locator(".line").count()).toBe(4);
    await page.keyboard.press("/");
    await page.keyboard.type("nothing like this");
    await page.locator(".empty", { hasText: "Nothing matches." }).waitFor();
    await page.keyboard.press("Escape");
    await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe("BODY");
  });

  it("r opens what can be sent again, and what can be redriven", async () => {
    const page = await openPage(laptop.address);
    await page.locator(".line").first().waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("user.created");
    await tabTo(page, ".lines");
    await page.keyboard.press("r");
    await page.locator("dialog[open] textarea").waitFor();
    await page.keyboard.press("Escape");
    await page.locator("dialog").waitFor({ state: "detached" });
    expect(page.url()).toContain("#/event/clerk/");

    await visit(page, "#/live?outcome=dead&source=okta");
    await page.locator(".line").first().waitFor();
    await tabTo(page, ".lines");
    await page.keyboard.press("r");
    await page.locator(".cause").waitFor();
    expect(page.url()).toContain("#/parked?source=okta&id=");
    expect(await page.locator(".cause tbody tr").count()).toBe(1);
  });

  it("pauses a source, and shows that it is paused", async () => {
    const page = await openPage(laptop.address);
    const paused = () => page.locator(".sources .is-paused").count();
    await tabToText(page, "button", "Pause");
    await page.keyboard.press("Enter");
    await page.locator("dialog", { hasText: "none of it is applied" }).waitFor();
    expect(await paused()).toBe(0);
    await tabToText(page, "button", "Yes, do it");
    await page.keyboard.press("Enter");
    await expect.poll(paused).toBe(1);
    await tabToText(page, "button", "Resume");
    await page.keyboard.press("Enter");
    await tabToText(page, "button", "Yes, do it");
    await page.keyboard.press("Enter");
    await expect.poll(paused).toBe(0);
  });
});

it("an event is edited, signed again and sent", async () => {
  const page = await openPage(laptop.address);
  await page.locator(".line").first().waitFor();
  await page.keyboard.press("/");
  await page.keyboard.type("user.created");
  await tabTo(page, ".lines");
  await page.keyboard.press("Enter");
  await tabToText(page, "button", "Edit, sign again, send");
  await page.keyboard.press("Enter");
  await tabTo(page, "dialog textarea");
  const body = JSON.parse(await page.locator("dialog textarea").inputValue()) as { data: { id: string } };
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText(JSON.stringify({ ...body, data: { ...body.data, id: "user_edited" } }));
  await tabToText(page, "button", "Sign and send");
  await page.keyboard.press("Enter");
  await page.locator("dialog").waitFor({ state: "detached" });
  await page.locator("h1 .chip").waitFor();
  expect(await page.locator("article > header").innerText()).toContain("user_edited");
});

it("a person is found by an id, and shows what happened and who told which field", async () => {
  const page = await openPage(laptop.address);
  await page.locator(".line").first().waitFor();
  await open(page, "People");
  await tabTo(page, "main input[type=search]");
  await page.keyboard.type("user_invented0001");
  await page.keyboard.press("Enter");
  await page.locator(".timeline li").first().waitFor();
  expect(await page.locator("h1").innerText()).toContain("user_invented0001");
  await tabTo(page, ".timeline summary");
  await page.keyboard.press("Enter");
  await page.locator(".timeline details[open] table").waitFor();
  const told = page.locator("h2", { hasText: "Which field was told" }).locator("xpath=following::table[1]");
  expect(await told.innerText()).toMatch(/email[\s\S]*clerk\//);
  await tabToText(page, "button", "link for a ticket");
  await page.keyboard.press("Enter");
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(link).toBe(`${laptop.stack.url}/#/person/user_invented0001`);
});

it("a person is found by an e-mail address, which stands in no link", async () => {
  const page = await openPage(`${laptop.address}#/person`);
  await tabTo(page, "main input[type=search]");
  await page.keyboard.type("zoe@example.com");
  await page.keyboard.press("Enter");
  await page.locator("h1", { hasText: "user_invented0001" }).waitFor();
  expect(page.url()).toMatch(/#\/person\/user_invented0001$/);
  await visit(page, "#/person");
  await tabTo(page, "main input[type=search]");
  await page.keyboard.type("unknown@example.com");
  await page.keyboard.press("Enter");
  await page.locator("form [role=alert]", { hasText: "Nothing is known" }).waitFor();
  expect(page.url()).toMatch(/#\/person$/);
});

it("who is not known is looked for elsewhere", async () => {
  const page = await openPage(`${laptop.address}#/person/unknown`);
  await page.locator(".empty", { hasText: "Sources that are switched on: bamboohr, clerk, okta" }).waitFor();
  await tabToText(page, "a", "Refused");
  expect(await page.locator(".empty a").allInnerTexts()).toEqual(["Refused"]);
});

describe("parked", () => {
  it("shows each cause with what it means, and what would happen now", async () => {
    const page = await openPage(laptop.address);
    await open(page, "Parked");
    const cause = page.locator(".cause", { hasText: "event-type-unknown" }).filter({ hasText: "clerk" });
    await cause.waitFor();
    expect(await cause.locator(".reason").innerText()).toMatch(/not known here[\s\S]*[Tt]each/);
    await tabToText(page, "button", "Redrive …");
    await page.keyboard.press("Enter");
    await page.locator("dialog table").waitFor();
    expect(await page.locator("dialog").innerText()).toContain("What would happen now");
    await page.keyboard.press("Escape");
    await page.locator("dialog").waitFor({ state: "detached" });
  });

  it("carries out: redrive, release and discard, each after a question", async () => {
    const page = await openPage(laptop.address);
    const decide = async (query: string, verb: string, result: string) => {
      await visit(page, query);
      await page.locator(".cause").first().waitFor();
      await tabToText(page, "button", `${verb} …`);
      await page.keyboard.press("Enter");
      await page.locator("dialog table").waitFor();
      await tabToText(page, "button", "Yes, do it");
      await page.keyboard.press("Enter");
      await page.locator("dialog caption", { hasText: "Became" }).waitFor();
      expect(await page.locator("dialog tbody").innerText()).toContain(result);
      await tabToText(page, "button", "Cancel");
      await page.keyboard.press("Enter");
      await page.locator("dialog").waitFor({ state: "detached" });
    };
    await decide("#/parked?source=okta", "Redrive", "dead");
    await decide("#/parked?source=okta", "Discard", "discarded");
    await page.locator(".empty", { hasText: "Nothing is parked." }).waitFor();
    await decide("#/parked?source=bamboohr&kind=held", "Release", "accepted");
    await page.locator(".empty", { hasText: "Nothing is parked." }).waitFor();
  });
});

it("a file is previewed, carried out, and shows its report", async () => {
  const page = await openPage(laptop.address);
  await open(page, "Files");
  await tabTo(page, "main input[type=file]");
  await page.locator("input[type=file]").setInputFiles({
    name: "mine.csv",
    mimeType: "text/csv",
    buffer: Buffer.from("工号,姓名,邮箱\n30001,李四,li.si@example.com\n30002,,broken\n"),
  });
  await tabToText(page, "button", "Carry it out");
  expect(laptop.stack.sandbox?.users().some(({ externalId }) => externalId === "30001")).toBe(false);
  const rows = page.locator("h2", { hasText: "First rows" }).locator("xpath=following::table[1]");
  expect(await rows.innerText()).toMatch(/30001|li\.si@example\.com/);
  await tabToText(page, "button", "Carry it out");
  await page.keyboard.press("Enter");
  await page.locator(".report").waitFor();
  await expect
    .poll(() => laptop.stack.sandbox?.users().some(({ externalId }) => externalId === "30001"))
    .toBe(true);
  await tabToText(page, "a", "rejected rows");
  const download = page.waitForEvent("download");
  await page.keyboard.press("Enter");
  expect((await download).suggestedFilename()).toBe("rejected.csv");
  // A row by itself.
  const id = new URL(page.url()).hash.split("/").at(-1);
  await visit(page, `#/event/uploads/${id}/${encodeURIComponent("line 3")}`);
  await page.locator(".reason", { hasText: "email-invalid" }).waitFor();
  await tabToText(page, "a", `Import ${id}`);
  await page.keyboard.press("Enter");
  await page.locator(".report").waitFor();
});

it("a roster is planned, shown, and applied", async () => {
  const page = await openPage(laptop.address);
  await open(page, "Rosters");
  // The third source: its list is recorded.
  await tabTo(page, "main tbody tr:nth-child(3) button");
  await page.keyboard.press("Enter");
  await tabToText(page, "button", "Apply the plan");
  expect(await page.locator(".report").innerText()).toMatch(/okta/i);
  await page.keyboard.press("Enter");
  await page.locator("button", { hasText: "Apply the plan" }).waitFor({ state: "detached" });
  await laptop.stack.settled();
  await open(page, "Rosters");
  await expect
    .poll(() => page.locator("main tbody tr", { hasText: "Okta" }).innerText())
    .not.toContain("never");
});

it("a story is played, and each step leads to what became of it", async () => {
  const page = await openPage(laptop.address);
  await open(page, "Try");
  await tabTo(page, "main select");
  await page.keyboard.type("Clerk");
  await tabToText(page, "button", "Play the story");
  await page.keyboard.press("Enter");
  await expect.poll(() => page.locator("main table tbody tr").count()).toBe(3);
  await tabToText(page, "a", "Open what became of it");
  await page.keyboard.press("Enter");
  await page.locator("h1", { hasText: "user.deleted" }).waitFor();
  await page.locator("h1 .chip", { hasText: "accepted" }).waitFor();
});

it("the sandbox is made to fail", async () => {
  const page = await openPage(laptop.address);
  await open(page, "Try");
  await tabToText(page, "button", "Add");
  await page.keyboard.press("Enter");
  const pending = () => page.locator("main [role=status]").innerText();
  await expect.poll(pending).toContain("1 faults");
  await tabToText(page, "button", "Clear");
  await page.keyboard.press("Enter");
  await expect.poll(pending).toContain("0 faults");
});

it("a refused delivery is shown with what would have had to differ", async () => {
  const page = await openPage(laptop.address);
  await open(page, "Refused");
  const cause = page.locator(".cause", { hasText: "clerk" });
  await cause.waitFor();
  expect(await cause.innerText()).toMatch(/looked for: header svix-signature[^]*it was not there/);
  await tabToText(page, "a", "168 h");
  await page.keyboard.press("Enter");
  await page.locator("a[aria-current]", { hasText: "168 h" }).waitFor();
  await cause.waitFor();
});

it("the content is reached by the first Tab, and the views by the next ones", async () => {
  const page = await openPage(laptop.address);
  await page.locator(".line").first().waitFor();
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Skip to the content");
  await page.keyboard.press("Enter");
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("main");
});
