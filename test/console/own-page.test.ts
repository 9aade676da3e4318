import { expect, it } from "vitest";
import { isOfThisMachine, isVisit } from "#infra/local/own-page.ts";

const host = "localhost:3000";
const of = (headers: Record<string, string>) => isOfThisMachine({ headers });

it.each([
  ["a command", { host }],
  ["a command that asks the address", { host: "127.0.0.1:3000" }],
  ["a command over IPv6", { host: "[::1]:3000" }],
  ["the address that a user types", { host, "sec-fetch-site": "none" }],
  ["the page itself", { host, origin: `http://${host}`, "sec-fetch-site": "same-origin" }],
])("takes a request of %s", (_, headers) => {
  expect(of(headers)).toBe(true);
});

it.each([
  ["no host", {}],
  ["a name that leads here", { host: "rebound.example:3000" }],
  ["a name that begins like ours", { host: "localhost.example" }],
  ["a name that ends like ours", { host: "evil-localhost:3000" }],
  ["a user name before a host", { host: "localhost:3000@example.com" }],
  ["two hosts", { host: "localhost:3000,example.com" }],
  ["another site", { host, origin: "https://example.com" }],
  ["another port of this machine", { host, origin: "http://localhost:4000" }],
  ["another scheme", { host, origin: "https://localhost:3000" }],
  ["an origin that a browser hides", { host, origin: "null" }],
  ["another site, with no origin", { host, "sec-fetch-site": "cross-site" }],
  ["another port, with no origin", { host, "sec-fetch-site": "same-site" }],
])("refuses a request with %s", (_, headers) => {
  expect(of(headers as Record<string, string>)).toBe(false);
});

it("knows a visit by a link from what a page has a browser load", () => {
  const visit = {
    "sec-fetch-mode": "navigate",
    "sec-fetch-dest": "document",
    "sec-fetch-site": "cross-site",
  };
  expect(isVisit({ method: "GET", headers: visit })).toBe(true);
  expect(isVisit({ method: "POST", headers: visit })).toBe(false);
  expect(isVisit({ method: "GET", headers: { ...visit, "sec-fetch-dest": "iframe" } })).toBe(false);
  expect(isVisit({ method: "GET", headers: { ...visit, "sec-fetch-mode": "no-cors" } })).toBe(false);
  expect(isVisit({ method: "GET", headers: {} })).toBe(false);
});
