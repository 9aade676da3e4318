import { describe, expect, it, onTestFinished } from "vitest";
import { defineConfig } from "#lib/config.ts";
import { sourceApis } from "#lib/source-apis/source-api.ts";
import type { SourceEvent } from "#lib/contract/source.ts";
import feishu from "#lib/sources/feishu/index.ts";
import type { RecordedAnswer } from "#infra/fixtures/cases.ts";
import { startRecordedApi } from "#infra/local/recorded-api.ts";
import { journey } from "./stack.ts";

const config = defineConfig({ sources: { feishu: {} } });
const secret = {
  appId: "cli_a1f0000000000001",
  appSecret: "invented-app-secret-00000000001",
  encryptKey: "invented-encrypt-key-0001",
  verificationToken: "invented-verification-token-0001",
};

const user = {
  open_id: "ou_1",
  name: "张三",
  enterprise_email: "san.zhang@feishu.example.com",
  mobile: "+8613910002001",
  city: "杭州",
};
const event = (type: string, second: number, object: object, old?: object) => ({
  schema: "2.0",
  header: {
    event_id: `${type}-${second}`,
    create_time: String(1769884920000 + second * 1000),
    event_type: `contact.user.${type}_v3`,
  },
  event: { object, ...(old && { old_object: old }) },
});

const hired = event("created", 1, user);
const moved = event("updated", 2, { ...user, mobile: "+8613910002002" }, { mobile: user.mobile });
const gone = event("deleted", 3, { ...user, status: { is_resigned: true } }, { open_id: "ou_1" });

async function after(events: readonly object[]) {
  const { stack, secrets, send } = await journey({ config });
  secrets["sources/feishu"] = { current: secret };
  for (const each of events) {
    expect((await send("feishu", each)).status).toBe(200);
    await stack.settled();
  }
  return stack.sandbox?.users();
}

describe("Feishu's events about one person", () => {
  it("have the same effect when the mover arrives before the joiner", async () => {
    const expected = { externalId: "ou_1", name: "张三", city: "杭州", phone: "13910002002" };
    expect(await after([hired, moved])).toMatchObject([expected]);
    expect(await after([moved, hired])).toMatchObject([expected]);
  });

  it.each([
    [[hired, moved, gone]],
    [[hired, gone, moved]],
    [[moved, hired, gone]],
    [[moved, gone, hired]],
    [[gone, hired, moved]],
    [[gone, moved, hired]],
  ])("leave no account of a leaver open, in any order", async (events) => {
    expect((await after(events))?.filter(({ status }) => status !== "Resigned")).toEqual([]);
  });

  it("have their effect once, however often they are delivered", async () => {
    expect(await after([hired, hired, moved, hired])).toMatchObject([{ phone: "13910002002" }]);
  });
});

describe("people with too little in Feishu's events", () => {
  const token: RecordedAnswer = {
    request: "POST /open-apis/auth/v3/tenant_access_token/internal",
    status: 200,
    json: { code: 0, tenant_access_token: "t-invented-0001", expire: 7200 },
  };
  const about = (status: number, json: unknown): RecordedAnswer => ({
    request: "GET /open-apis/contact/v3/users/ou_1",
    status,
    json,
  });
  const found = about(200, { code: 0, data: { user } });
  const refusesToken = about(400, { code: 99991663 });
  const thin = {
    id: "e1",
    subject: "ou_1",
    type: "contact.user.created_v3",
    occurredAt: "2026-01-31T18:42:00.000Z",
    payload: { user: { open_id: "ou_1", name: "张三三", city: "" } },
  };

  async function asking(answers: readonly RecordedAnswer[]) {
    const api = await startRecordedApi([{ answers }]);
    onTestFinished(() => api.close());
    const fetch = feishu.fetch;
    if (!fetch) throw new Error("Feishu's events are completed");
    const clock = { now: () => 0, random: () => 0, async wait() {} };
    const open = sourceApis(clock);
    const asked = { ...secret, apiHost: api.url };
    return {
      read: (event: SourceEvent = thin) => fetch.read(event, open(fetch, asked, 1000)),
      requests: () => api.requests.map(({ request }) => request.split(" ")[0]).join(" "),
    };
  }

  it("are completed, and the fields of the event itself stay", async () => {
    const { read } = await asking([token, found]);
    expect(await read()).toEqual({ user: { ...user, name: "张三三" } });
  });

  it("are read with one token, and no other event is completed", async () => {
    const { read, requests } = await asking([token, found]);
    await read();
    await read();
    const complete = { ...thin, payload: { user: { open_id: "ou_1", name: "张三", mobile: "13910002001" } } };
    expect(await read(complete)).toBe(complete.payload);
    const left = { ...thin, type: "contact.user.deleted_v3" };
    expect(await read(left)).toBe(left.payload);
    expect(requests()).toBe("POST GET GET");
  });

  it("are read again with a new token when the old one is refused", async () => {
    const { read, requests } = await asking([token, refusesToken, found]);
    expect(await read()).toMatchObject({ user: { mobile: user.mobile } });
    expect(requests()).toBe("POST GET POST GET");
  });

  it("keep the fields of the event where Feishu does not show them", async () => {
    const { read } = await asking([token, about(400, { code: 41050, msg: "no user authority error" })]);
    expect(await read()).toEqual({ user: { open_id: "ou_1", name: "张三三" } });
  });

  it.each([
    [
      "refuses our credentials",
      [{ ...token, json: { code: 10003 } }],
      "misconfigured",
      "source-credentials-refused",
    ],
    [
      "refuses the token it has just given",
      [token, refusesToken],
      "misconfigured",
      "source-credentials-refused",
    ],
    ["throttles us", [token, about(400, { code: 99991400 })], "unavailable", "source-throttles"],
    [
      "answers with something that is not JSON",
      [token, about(200, undefined)],
      "unavailable",
      "source-answer-unexpected",
    ],
  ])("are retried when Feishu %s", async (_, answers, code, reason) => {
    const { read } = await asking(answers);
    await expect(read()).rejects.toMatchObject({ code, reason, retryable: true });
  });
});
