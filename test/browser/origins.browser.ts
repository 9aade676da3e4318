import { expect, it, onTestFinished } from "vitest";
import { serve } from "#infra/local/server.ts";
import { openLaptop } from "./laptop.ts";
import { openPage } from "./pages.ts";

// The reader has the page open, and visits a page that means harm.

const attack = `<!doctype html><meta charset="utf-8"><title>elsewhere</title><script src="/attack.js"></script>`;

/** A page that its server gives a free hand. */
async function openForeign(): Promise<number> {
  const server = await serve(
    0,
    () => 1000,
    async ({ url }) =>
      url.pathname === "/attack.js"
        ? { status: 200, headers: { "content-type": "text/javascript" }, body: "" }
        : { status: 200, headers: { "content-type": "text/html" }, body: attack },
  );
  onTestFinished(() => server.close());
  return server.port;
}

it.each(["localhost", "127.0.0.1"])("a page of another origin, on %s, reaches nothing", async (host) => {
  const laptop = await openLaptop();
  onTestFinished(() => laptop.close());
  await laptop.send({ source: "clerk", case: "user-created" });
  await laptop.stack.settled();
  const page = await openPage(laptop.address);
  await page.locator(".line").first().waitFor();

  const answers: string[] = [];
  const foreign = await page.context().newPage();
  foreign.on("response", (answer) => {
    const { port, pathname } = new URL(answer.url());
    if (port === new URL(laptop.stack.url).port) answers.push(`${answer.status()} ${pathname}`);
  });
  await foreign.goto(`http://${host}:${await openForeign()}/`);
  const reached = await foreign.evaluate(async (url) => {
    const tried: Record<string, unknown> = {};
    const attempt = async (name: string, work: () => Promise<unknown>) => {
      tried[name] = await work().catch(() => "refused");
    };
    const text = async (path: string, options: RequestInit) =>
      (await fetch(`${url}${path}`, { credentials: "include", ...options })).text();
    const simple = { method: "POST", mode: "no-cors", body: "{}" } as const;
    await attempt("place", () => text("/console/api/place", {}));
    await attempt("page", () => text("/", {}));
    await attempt("events", () => text("/events", {}));
    await attempt("in json", () =>
      text("/console/api/operations", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: "{}",
      }),
    );
    await attempt("as a form", () => text("/console/api/operations", simple));
    await attempt("an operation", () => text("/operations", simple));
    await attempt("a delivery", () => text("/console/api/send", simple));
    await attempt("a fault", () => text("/console/api/sandbox/faults", simple));
    await attempt("a file", () => text("/uploads/incoming/users/x.csv", { method: "PUT", body: "x" }));
    await attempt(
      "live",
      () =>
        new Promise((resolve, reject) => {
          const stream = new EventSource(`${url}/console/api/live`, { withCredentials: true });
          stream.addEventListener("message", ({ data }) => resolve(data));
          stream.addEventListener("error", () => (stream.close(), reject(new Error("refused"))));
        }),
    );
    await attempt(
      "script",
      () =>
        new Promise((resolve, reject) => {
          const script = document.createElement("script");
          script.src = `${url}/console/page.js`;
          script.addEventListener("load", () => resolve("loaded"));
          script.addEventListener("error", () => reject(new Error("refused")));
          document.head.append(script);
        }),
    );
    await attempt(
      "frame",
      () =>
        new Promise((resolve) => {
          const frame = document.createElement("iframe");
          frame.src = `${url}/`;
          // A browser loads a page of its own in place of one that it must not show.
          frame.addEventListener("load", () => resolve(frame.contentDocument === null ? "refused" : "read"));
          document.body.append(frame);
        }),
    );
    return tried;
  }, laptop.stack.url);
  // What a page cannot read is an empty text: `no-cors`.
  for (const [name, value] of Object.entries(reached)) expect(["refused", ""], name).toContain(value);
  expect(foreign.frames().filter((frame) => frame.url().startsWith(laptop.stack.url))).toEqual([]);
  // Of some requests a browser tells not even the status.
  expect(answers.filter((answer) => !answer.startsWith("403 "))).toEqual([]);
  expect(await (await fetch(`${laptop.stack.url}/uploads/results/`)).json()).toEqual({ keys: [] });

  const [link] = await Promise.all([
    page.context().waitForEvent("page"),
    foreign.evaluate((url) => void window.open(`${url}/#/parked`), laptop.stack.url),
  ]);
  // A link in a ticket opens the page, and who has opened it cannot look into it.
  await link.locator("h1", { hasText: "Parked" }).waitFor();
  expect(await link.evaluate(() => window.opener === null)).toBe(true);
  await foreign.close();
});
