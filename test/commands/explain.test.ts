import { execFile } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { defineConfig } from "#lib/config.ts";
import { fixtureSecret } from "#infra/fixtures/cases.ts";
import { startRecordedApi } from "#infra/local/recorded-api.ts";
import { journey, type Journey } from "../journeys/stack.ts";
import { joins, leaves, told, toldSecret, toldSource } from "../journeys/told-source.ts";

// An operator is asked: why has 10010 no account? One command answers.

const root = join(import.meta.dirname, "../..");

interface Ended {
  readonly status: number;
  readonly out: string;
  readonly error: string;
}

function explain(stage: Journey, ...given: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const command = ["infra/commands/explain.ts", ...given, "--url", stage.stack.url];
    const options = { cwd: root, env: { ...process.env, TZ: "Asia/Shanghai" } };
    execFile(process.execPath, command, options, (failure, out, error) => {
      resolve({ status: Number(failure?.code ?? 0), out, error });
    });
  });
}

async function openStage(more: "okta" | "bamboohr" | undefined = undefined): Promise<Journey> {
  const own = { source: toldSource };
  const sources = { hr: own, idp: own };
  const config =
    more === undefined ? defineConfig({ sources }) : defineConfig({ sources: { ...sources, [more]: {} } });
  const stage = await journey({ config });
  stage.secrets["sources/hr"] = { current: toldSecret };
  stage.secrets["sources/idp"] = { current: toldSecret };
  return stage;
}
async function tell(stage: Journey, source: string, ...events: unknown[]): Promise<void> {
  for (const event of events) await stage.send(source, event);
  await stage.stack.settled();
}

describe("why 10010 has no account is answered by one command where", () => {
  it("another account has the address", async () => {
    const stage = await openStage();
    await tell(
      stage,
      "hr",
      told("10009", [joins("10009", { email: "zhang.san@example.com" })], "joined-10009"),
    );
    await tell(
      stage,
      "idp",
      told("u-1", [joins("10010", { email: "zhang.san@example.com" })], "joined-10010"),
    );
    const { status, out } = await explain(stage, "10010");
    const [other] = stage.stack.sandbox?.users() ?? [];
    expect(status).toBe(0);
    for (const line of [
      /^idp\/joined-10010 {2}create$/m,
      /outcome +rejected conflict \(email\)/,
      /brought by +hr\/joined-10009/,
      new RegExp(`other account +${other?.userId}`),
      /other person +10009/,
      /Another account has the same id, e-mail, phone or username/,
      /^ +npm run parked -- redrive apply --id idp\/joined-10010|^ +npm run parked -- redrive apply --id joined-10010/m,
    ]) {
      expect(out).toMatch(line);
    }
    expect(out).not.toContain("zhang.san");
    const chinese = await explain(stage, "10010", "--lang", "zh");
    expect(chinese.out).toContain("另一个账号已使用相同的 ID");
  });

  it("an application lacks a permission at the source", async () => {
    const refused = { request: "GET /api/v1/users/10010", status: 403, json: { errorCode: "E0000006" } };
    const api = await startRecordedApi([{ answers: [refused] }]);
    onTestFinished(() => api.close());
    const stage = await openStage("okta");
    stage.secrets["sources/okta"] = { current: { ...fixtureSecret("okta"), apiHost: api.url } };
    const event = {
      uuid: "e-1",
      published: new Date().toISOString(),
      eventType: "user.lifecycle.create",
      outcome: { result: "SUCCESS" },
      target: [{ id: "10010", type: "User" }],
    };
    await tell(stage, "okta", { eventType: "com.okta.event_hook", data: { events: [event] } });
    const { status, out } = await explain(stage, "10010");
    expect(status).toBe(0);
    for (const line of [
      /^okta\/e-1 {2}user\.lifecycle\.create$/m,
      /waits +for source-\S+, tried again at 2/,
      /okta\.users\.read|API token/,
    ]) {
      expect(out).toMatch(line);
    }
  });

  it("the departure that came first is older than a wave that is held", async () => {
    const stage = await openStage();
    const ids = [...Array.from({ length: 12 }, (_, index) => `1000${index}`), "10010"];
    await tell(stage, "hr", ...ids.map((id) => told(id, [joins(id)])));
    await tell(stage, "hr", ...ids.map((id) => told(id, [leaves(id)], `left-${id}`)));
    const { out } = await explain(stage, "10010");
    for (const line of [
      /outcome +held mass-departure/,
      /parked +as held: mass-departure/,
      /left before +10000, 10001, 10002/,
      /npm run parked -- release preview --reason mass-departure --source hr/,
    ]) {
      expect(out).toMatch(line);
    }
    expect(out).not.toMatch(/left before .*100011/);
  });

  it("the delivery could not be read", async () => {
    const stage = await openStage("bamboohr");
    await tell(stage, "bamboohr", { employees: "10010" });
    const { status, out, error } = await explain(stage, "10010");
    expect({ status, out }).toEqual({ status: 1, out: "" });
    expect(error).toMatch(/unreadable +1 parked that could not be read .*npm run parked -- list dead/s);
  });

  it("the joiner came late, behind the departure", async () => {
    const stage = await openStage();
    const at = (minute: number, event: object) => ({
      ...event,
      at: new Date(Date.now() - (60 - minute) * 60_000).toISOString(),
    });
    await tell(
      stage,
      "hr",
      at(30, told("10010", [leaves("10010")], "left")),
      at(10, told("10010", [joins("10010")], "joined")),
    );
    const { out } = await explain(stage, "10010");
    expect(out).toMatch(/^hr\/joined {2}create$/m);
    expect(out).toMatch(/outcome +superseded/);
    // Nothing is parked, so that nothing can be redriven.
    expect(out).not.toContain("npm run parked");
    expect(out).toMatch(/superseded by hr\/left|done before by +hr\/left/);
  });

  it("the first day lies ahead", async () => {
    const stage = await openStage();
    const joiner = { ...joins("10010"), firstDay: "2036-03-30" };
    await tell(stage, "hr", told("10010", [joiner], "announced"));
    const { out } = await explain(stage, "10010");
    expect(out).toMatch(/waits +until 2036-03-30 00:00, the day that it names/);
    expect(out).toContain("The first or last day that the event names lies ahead");
  });

  it("its source is not switched on", async () => {
    const stage = await openStage();
    const { status, error } = await explain(stage, "10010");
    expect(status).toBe(1);
    expect(error).toMatch(/sources +hr, idp; what another system sends is answered with 401/);
    expect(error).toContain("npm run refused");
  });

  it("the row of a file was rejected", async () => {
    const stage = await openStage();
    await stage.upload("users", "people.csv", "工号,姓名,邮箱\n10009,李四,li.si@example.com\n10010,张三,\n");
    const { out } = await explain(stage, "10010");
    expect(out).toMatch(/^uploads\/people\.csv-\S+\/line 3 {2}/m);
    expect(out).toMatch(/outcome +rejected identifier-missing/);
    expect(out).toContain("rejected.csv");
    expect(out).not.toContain("npm run parked");
  });
});

describe("a person is found", () => {
  it("by Authing's id, by the source's id, and with --ask-authing by address and number, which are not printed", async () => {
    const stage = await openStage();
    const person = { email: "zoe.garnier@example.com", phone: "13800138000", phoneCountryCode: "+86" };
    await tell(stage, "hr", told("s-1", [joins("10010", person)], "joined"));
    const [user] = stage.stack.sandbox?.users() ?? [];
    for (const asked of [
      [user?.userId ?? ""],
      ["hr/s-1"],
      ["hr/joined"],
      ["zoe.garnier@example.com", "--ask-authing"],
      ["+86 138 0013 8000", "--ask-authing"],
    ]) {
      const { status, out } = await explain(stage, ...asked);
      expect([asked, status]).toEqual([asked, 0]);
      expect(out).toMatch(/^hr\/joined {2}create$/m);
      expect(out).not.toMatch(/zoe|138/i);
    }
    const before = stage.stack.sandbox?.requests.length;
    const unasked = await explain(stage, "zoe.garnier@example.com");
    expect(unasked).toMatchObject({ status: 1, error: expect.stringContaining("--ask-authing") });
    expect(stage.stack.sandbox?.requests).toHaveLength(before ?? 0);
    expect(await explain(stage)).toMatchObject({ status: 2 });
    expect(await explain(stage, "10010", "10011")).toMatchObject({ status: 2 });
  });

  it("by an earlier id, with the ids of both", async () => {
    const stage = await openStage();
    await tell(stage, "hr", told("1", [joins("1")]), told("1", [leaves("1")]));
    await tell(stage, "hr", told("2", [joins("2", { email: "p1@example.com" })], "back"));
    const [old] = stage.stack.sandbox?.users() ?? [];
    const held = (await explain(stage, "2")).out;
    for (const line of [
      /held returned-under-new-id \(email\)/,
      new RegExp(`other account +${old?.userId}`),
      /other person +1/,
    ]) {
      expect(held).toMatch(line);
    }
    await stage.operate({ operation: "release", mode: "apply", id: "back", as: "same" });
    const byOldId = (await explain(stage, "1")).out;
    for (const line of [/^person 2$/m, /asked as +1/, /formerly +1/, /outcome +accepted linked/]) {
      expect(byOldId).toMatch(line);
    }
  });
});
