import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { request as httpRequest } from "node:http";
import { parkedKinds } from "#lib/contract/parked.ts";
import { createConsole, type Backend } from "#infra/console/console.ts";
import type { OperationRequest } from "#lib/handlers/operations.ts";
import { changes } from "#infra/console/read-only.ts";
import { serve } from "#infra/local/server.ts";
import { journey } from "../journeys/stack.ts";

// Who may ask the server of the page, over HTTP.

const asked: OperationRequest[] = [];
const backend: Backend = {
  place: {
    kind: "elsewhere",
    name: "prod",
    options: "--stage prod",
    allowsChanges: false,
    isInvented: false,
    sources: [],
  },
  operate: async (request) => (asked.push(request), { events: [], told: request.operation }),
  news: { everyMilliseconds: 10, overlapMilliseconds: 0 },
};

let url: string;
let cookie: string;
let close: () => Promise<void>;
const token = "0123456789abcdef0123456789abcdef";
const page = createConsole(backend, token);
beforeAll(async () => {
  const server = await serve(
    0,
    () => 1000,
    async (request) => (await page.answer(request)) ?? { status: 404 },
  );
  url = `http://localhost:${server.port}`;
  close = () => (page.close(), server.close());
  const answer = await fetch(`${url}/?token=${token}`, { redirect: "manual" });
  cookie = answer.headers.get("set-cookie")?.split(";")[0] ?? "";
});
afterAll(() => close());

const paths = [
  "/",
  "/console/page.js",
  "/console/page.css",
  "/console/api/place",
  "/console/api/reasons/en",
  "/console/api/live",
];
/** Sends headers that `fetch` does not let be chosen. Resolves to the status. */
const statusOf = (
  path: string,
  headers: Readonly<Record<string, string>>,
  { method = "GET", base = url, body = "" } = {},
): Promise<number> =>
  new Promise((resolve, reject) => {
    const sent = httpRequest(`${base}${path}`, { method, headers }, (answer) => {
      resolve(answer.statusCode ?? 0);
      answer.destroy();
    });
    sent.on("error", reject);
    sent.end(body);
  });

describe("the token", () => {
  it.each(paths)("is needed for %s", async (path) => {
    expect(await statusOf(path, {})).toBe(401);
    expect(await statusOf(path, { cookie: cookie.replace(/.$/, "x") })).toBe(401);
    expect(await statusOf(path, { cookie: "a=b" })).toBe(401);
    expect(await statusOf(`${path}?token=${token.slice(1)}x`, {})).toBe(401);
    expect(await statusOf(path, { cookie })).toBe(200);
    expect(await statusOf(path, { cookie: `a=b; ${cookie}; c=d` })).toBe(200);
  });

  it("is no longer in the address that is opened, and no script can read it", async () => {
    const answer = await fetch(`${url}/?token=${token}`, { redirect: "manual" });
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toBe("/");
    expect(answer.headers.get("set-cookie")).toMatch(
      new RegExp(`^inbound-console-\\d+=${token}; Path=/; HttpOnly; SameSite=Lax$`),
    );
    const files = await Promise.all(
      paths.slice(0, 5).map(async (path) => (await fetch(`${url}${path}`, { headers: { cookie } })).text()),
    );
    expect(files.join("")).not.toContain(token);
  });
});

describe("a request from elsewhere", () => {
  it.each(paths)("is refused for %s", async (path) => {
    const { host } = new URL(url);
    for (const headers of [
      { host: "rebound.example" },
      { host: `localhost.example:${host.split(":")[1]}` },
      { origin: "https://example.com" },
      { origin: "http://localhost:1" },
      { origin: "null" },
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
      { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" },
    ]) {
      expect(await statusOf(path, { cookie, ...headers }), JSON.stringify(headers)).toBe(403);
    }
  });

  it("may be a link to the page, and to nothing else", async () => {
    const visit = {
      "sec-fetch-site": "cross-site",
      "sec-fetch-mode": "navigate",
      "sec-fetch-dest": "document",
    };
    expect(await statusOf("/", { ...visit, cookie })).toBe(200);
    expect(await statusOf("/", { ...visit, cookie, host: "rebound.example" })).toBe(403);
    expect(await statusOf("/", { ...visit, cookie }, { method: "POST" })).toBe(403);
    expect(await statusOf("/console/api/place", { ...visit, cookie })).toBe(403);
  });

  it("is refused by the laptop for everything else that it serves, too", async () => {
    const { stack } = await journey({ page: () => page });
    for (const [method, path] of [
      ["POST", "/operations"],
      ["PUT", "/uploads/incoming/users/mine.csv"],
      ["GET", "/uploads/results/"],
      ["GET", "/events"],
      ["GET", "/people/10010"],
      ["POST", "/console/api/operations"],
      ["POST", "/console/api/send"],
      ["POST", "/console/api/sandbox/faults"],
    ] as const) {
      for (const headers of [
        { host: "rebound.example" },
        { origin: "https://example.com" },
        { "sec-fetch-site": "cross-site" },
        { "sec-fetch-site": "same-site" },
      ]) {
        const body = method === "GET" ? "" : "{}";
        const status = await statusOf(path, { cookie, ...headers }, { method, base: stack.url, body });
        expect(status, `${method} ${path} ${JSON.stringify(headers)}`).toBe(403);
      }
    }
    const control = stack.authingHost;
    for (const headers of [{ host: "rebound.example" }, { origin: stack.url }]) {
      expect(
        await statusOf("/__sandbox/faults", headers, { method: "POST", base: control, body: "[]" }),
      ).toBe(403);
    }
  });
});

describe("what the page may do", () => {
  const post = (body: unknown, headers: Record<string, string> = { "content-type": "application/json" }) =>
    fetch(`${url}/console/api/operations`, {
      method: "POST",
      headers: { cookie, ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });

  // A form, which another site's page can send without being asked first, can have the other three.
  it.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "application/json; charset=utf-8",
  ])("is asked in JSON, not as %s", async (type) => {
    const answer = await post({ operation: "sources" }, { "content-type": type });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ reason: "page-request-malformed" });
  });

  it.each([
    "{",
    "",
    "null",
    "[]",
    "7",
    '"list"',
    "{}",
    '{"operation":"__proto__"}',
    '{"operation":["list"]}',
  ])("is asked in JSON that is understood, not with %s", async (body) => {
    asked.length = 0;
    expect((await post(body)).status).toBeGreaterThanOrEqual(400);
    expect(asked).toEqual([]);
  });

  /** Of each operation a request that only reads, if there is one, and those that change something. A new operation has to be written down here. */
  const operations: Readonly<
    Record<OperationRequest["operation"], { readonly reads?: object; readonly changes?: readonly object[] }>
  > = {
    list: { reads: {} },
    show: { reads: { id: "e1" }, changes: [{ id: "e1", payload: true }] },
    redrive: { reads: { mode: "preview", id: "e1" }, changes: [{ mode: "apply", id: "e1" }, { id: "e1" }] },
    release: { reads: { mode: "preview", id: "e1" }, changes: [{ mode: "apply", id: "e1" }] },
    discard: {
      reads: { mode: "preview", kinds: parkedKinds, id: "e1" },
      changes: [{ mode: "apply", kinds: parkedKinds, id: "e1" }],
    },
    pause: { changes: [{ source: "okta" }] },
    resume: { changes: [{ source: "okta" }] },
    explain: { reads: { asked: "10010" } },
    recent: { reads: {} },
    sources: { reads: {} },
    refused: { reads: {} },
    "apply-import": { changes: [{ preview: "i1" }] },
    "follow-import": { reads: { import: "i1" } },
    "undo-import": { reads: { mode: "preview", import: "i1" }, changes: [{ mode: "apply", import: "i1" }] },
    "start-roster": { changes: [{ source: "okta", plan: true }, { source: "okta" }] },
    "apply-roster": { changes: [{ source: "okta", run: "r1" }] },
    "follow-roster": { reads: { source: "okta", run: "r1" } },
    "last-rosters": { reads: {} },
    departments: { reads: { source: "okta" } },
    sync: {
      reads: { mode: "preview", source: "okta", id: "s1" },
      changes: [{ mode: "apply", source: "okta", id: "s1" }],
    },
  };

  it.each(Object.entries(operations))("a page that only reads: %s", async (operation, each) => {
    asked.length = 0;
    for (const change of each.changes ?? []) {
      const answer = await post({ operation, ...change });
      expect(answer.status, JSON.stringify(change)).toBe(403);
      expect(await answer.text()).toContain("--allow-changes");
      expect(changes({ operation, ...change } as OperationRequest)).toBe(true);
    }
    expect(asked).toEqual([]);
    const read = each.reads && (await post({ operation, ...each.reads }));
    expect(read?.status).toBe(each.reads && 200);
    expect(asked).toHaveLength(each.reads ? 1 : 0);
  });

  it("has a bound of its own on what it is sent", async () => {
    expect((await post({ operation: "explain", asked: "x".repeat(2000) })).status).toBe(413);
  });
});

it("a page of a policy that runs no script but its own, in no frame", async () => {
  const answer = await fetch(`${url}/`, { headers: { cookie } });
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    "content-security-policy": expect.stringMatching(
      /^default-src 'none'; script-src 'self'; style-src 'self';.*frame-ancestors 'none'$/,
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
  });
  const html = await answer.text();
  expect(html).not.toMatch(/<style|style=|\son\w+=|<script(?![^>]*\ssrc=")/i);
  expect(html.match(/<script[^>]*>([^<]*)<\/script>/)?.[1]).toBe("");
});
