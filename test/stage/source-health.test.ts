import { describe, expect, it } from "vitest";
import type { Source } from "#lib/contract/source.ts";
import bamboohr from "#lib/sources/bamboohr/index.ts";
import feishu from "#lib/sources/feishu/index.ts";
import okta from "#lib/sources/okta/index.ts";
import { lineOf } from "#infra/stage/finding.ts";
import { checkHook, compared, heard } from "#infra/stage/source-health.ts";
import { json, page, server, virtualClock, type Answer } from "../http/server.ts";

// What the doctor says of a source that may have fallen silent.

const url = "https://inbound.example.com/webhooks/okta";
const hook = (change: object = {}) => ({
  status: "ACTIVE",
  verificationStatus: "VERIFIED",
  channel: { type: "HTTP", config: { uri: url } },
  ...change,
});

async function hookLines(source: unknown, secret: object, ...answers: Answer[]): Promise<string[]> {
  const api = await server(...answers);
  const given = { ...secret, apiHost: api.url };
  return (await checkHook(source as Source, given, url, virtualClock())).map(lineOf);
}

describe("the vendor's own webhook", () => {
  const secret = { authorization: "x", domain: "okta.example.com", apiToken: "00invented-0001" };

  it("is on", async () => {
    const other = hook({ channel: { config: { uri: "https://other.example.com" } } });
    expect(await hookLines(okta, secret, json(200, [other, hook()]))).toEqual([
      "✓ hook of okta: Okta says that it is on",
    ]);
  });

  it.each([
    ["there is none", []],
    ["it goes elsewhere", [hook({ channel: { config: { uri: "https://other.example.com" } } })]],
    ["it is switched off", [hook({ status: "INACTIVE" })]],
    ["it was never verified", [hook({ verificationStatus: "UNVERIFIED" })]],
    ["its entries are of another shape", [null, 7, { channel: [] }]],
  ])("is off where %s", async (_, hooks) => {
    expect(await hookLines(okta, secret, json(200, hooks))).toEqual([
      `✗ hook of okta: Okta has none to ${url} that is on → switch it on there, as the README of okta says; npm run reconcile -- okta brings what was missed`,
    ]);
  });

  it.each([
    ["a refusal", json(401, {}), "source-credentials-refused"],
    ["a page", page(200), "source-answer-unexpected"],
    ["an object", json(200, {}), "source-answer-unexpected"],
  ])("may be on or off where the answer is %s", async (_, answer, reason) => {
    const [line] = await hookLines(okta, secret, answer);
    expect(line).toMatch(new RegExp(`^! hook of okta: Okta was not asked \\(${reason}\\) → `));
  });

  it("is told of BambooHR only where it is among those of the key's user", async () => {
    const own = { privateKey: "x", companyDomain: "acme", apiKey: "invented-0001" };
    expect(await hookLines(bamboohr, own, json(200, { webhooks: [{ id: "1", url }] }))).toEqual([
      "✓ hook of bamboohr: BambooHR says that it is on",
    ]);
    expect(await hookLines(bamboohr, own, json(200, { webhooks: [] }))).toEqual([]);
    expect(await hookLines(bamboohr, { ...own, apiKey: "" })).toEqual([]);
    expect(await hookLines(bamboohr, own, json(200, {}))).toEqual([
      expect.stringMatching(/^! hook of bamboohr: /),
    ]);
  });

  it("is not asked about where the vendor's API does not say it, or there is no secret", async () => {
    expect(await hookLines(feishu, {})).toEqual([]);
    expect(await checkHook(okta as unknown as Source, undefined, url, virtualClock())).toEqual([]);
  });
});

describe("a source", () => {
  const now = Date.parse("2026-11-27T08:00:00.000Z");
  const ago = (hours: number) => now - hours * 3_600_000;

  it("was heard, or was not", () => {
    const last = new Map([
      ["okta", ago(0.5)],
      ["clerk", ago(30)],
      ["hr", ago(240)],
    ]);
    expect(heard(["okta", "clerk", "hr", "feishu"], last, { now, withinDays: 15 }).map(lineOf)).toEqual([
      "✓ deliveries of okta: the last one less than an hour ago",
      "✓ deliveries of clerk: the last one 30 h ago",
      "✓ deliveries of hr: the last one 10 days ago",
      "! deliveries of feishu: none within 15 days → change a person there; npm run refused -- feishu shows what was turned away",
    ]);
  });

  it("was compared lately, long ago or never; one without a list need not be", () => {
    const lists = { list: okta.list } as never;
    const sources = new Map<string, Pick<Source, "list">>([
      ["okta", lists],
      ["clerk", lists],
      ["feishu", lists],
      ["hr", {}],
    ]);
    const at = (hours: number) => new Date(ago(hours)).toISOString();
    const rosters = [
      { source: "okta", run: "r-1", at: at(6), people: 3000 },
      { source: "clerk", run: "r-2", at: at(24 * 9), people: 12 },
    ];
    const there = "--stage prod";
    expect(compared(sources, { rosters }, { now, there }).map(lineOf)).toEqual([
      "✓ roster of okta: compared 6 h ago",
      "! roster of clerk: compared 9 days ago → npm run reconcile -- clerk --plan --stage prod",
      "! roster of feishu: was never compared → npm run reconcile -- feishu --plan --stage prod",
    ]);
    expect(compared(sources, {}, { now, there })).toHaveLength(3);
  });
});
