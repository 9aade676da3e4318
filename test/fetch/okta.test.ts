import { afterEach, describe, expect, it } from "vitest";
import { sourceApis } from "#lib/source-apis/source-api.ts";
import type { SourceEvent } from "#lib/contract/source.ts";
import okta from "#lib/sources/okta/index.ts";
import { startRecordedApi, type RecordedApi } from "#infra/local/recorded-api.ts";

// What the recorded cases do not test: the requests to Okta, and its wrong answers.

const minute = 60_000;
const now = Date.parse("2026-01-31T18:42:05Z");
const id = "00u1ouyangqian000001";
const path = `GET /api/v1/users/${id}`;
const fetch = okta.fetch as NonNullable<typeof okta.fetch>;
const user = { id, status: "ACTIVE", profile: { login: "ouyang.qian@okta.example.com" } };
const secret = { authorization: "x", domain: "okta.example.com", apiToken: "00invented-0001" };

let api: RecordedApi | undefined;
afterEach(async () => {
  await api?.close();
  api = undefined;
});

function event(
  type: string,
  given: Partial<SourceEvent> & { age?: number; result?: string } = {},
): SourceEvent {
  const { age = 0, result = "SUCCESS", ...rest } = given;
  const occurredAt = new Date(now - age).toISOString();
  return { id: "e1", subject: id, type, occurredAt, payload: { result }, ...rest };
}

/** Completes an event with this answer as the worker would, on a clock that moves only when the worker waits. */
async function read(
  asked: SourceEvent,
  ...answers: { status: number; json?: unknown; headers?: Record<string, string>; request?: string }[]
) {
  api = await startRecordedApi([
    { answers: answers.map((answer) => ({ request: path, json: undefined, ...answer })) },
  ]);
  let time = now;
  const wait = async (milliseconds: number) => void (time += milliseconds);
  const open = sourceApis({ now: () => time, wait, random: () => 0.5 });
  const payload = await fetch.read(asked, open(fetch, { ...secret, apiHost: api.url }, now + 30_000));
  return { payload, waited: time - now, requests: api.requests.map(({ request }) => request) };
}

describe("the host of Okta", () => {
  it("is the organization's, or `apiHost` of the secret in its place", () => {
    expect(fetch.hosts(secret)).toEqual({ api: "https://okta.example.com" });
    expect(fetch.hosts({ ...secret, apiHost: "http://127.0.0.1:1" })).toEqual({ api: "http://127.0.0.1:1" });
  });

  it.each([
    "https://okta.example.com",
    "okta.example.com/api",
    "okta.example.com:8443",
    "someone@okta.example.com",
    "okta.example.com#",
    "okta.example.com\n",
    "okta",
    "",
  ])("is refused where the domain is %j", (domain) => {
    expect(() => fetch.hosts({ ...secret, domain })).toThrow("misconfigured: source-host-wrong; at domain");
  });
});

describe("an event of Okta", () => {
  it.each([
    "user.lifecycle.suspend",
    "user.lifecycle.deactivate",
    "user.lifecycle.delete.initiated",
    "user.mfa.factor.activate",
    "group.user_membership.add",
  ])("needs nothing more when it is %s", async (type) => {
    const { payload, requests } = await read(event(type));
    expect({ payload, requests }).toEqual({ payload: { result: "SUCCESS" }, requests: [] });
  });

  it("needs nothing more when it tells of a failure", async () => {
    const { requests } = await read(event("user.lifecycle.create", { result: "FAILURE" }));
    expect(requests).toEqual([]);
  });

  it.each([
    "user.lifecycle.create",
    "user.lifecycle.activate",
    "user.lifecycle.reactivate",
    "user.lifecycle.unsuspend",
    "user.account.update_profile",
  ])("is completed when it is %s", async (type) => {
    const { payload, requests } = await read(event(type), { status: 200, json: user });
    expect({ payload, requests }).toEqual({ payload: { result: "SUCCESS", user }, requests: [path] });
  });

  it("waits until the time that the rate limit's headers name", async () => {
    const reset = String(now / 1000 + 7);
    const { payload, waited } = await read(
      event("user.lifecycle.create"),
      { status: 429, json: {}, headers: { "x-rate-limit-remaining": "0", "x-rate-limit-reset": reset } },
      { status: 200, json: user },
    );
    expect(payload).toMatchObject({ user });
    expect(waited).toBeGreaterThanOrEqual(7000);
    expect(waited).toBeLessThanOrEqual(8000);
  });

  it("is retried when the rate limit's wait is longer than the time left", async () => {
    const headers = { "x-rate-limit-reset": String(now / 1000 + 60) };
    await expect(read(event("user.lifecycle.create"), { status: 429, json: {}, headers })).rejects.toThrow(
      "unavailable: source-throttles",
    );
  });

  it.each([401, 403])("waits for better credentials after %i", async (status) => {
    await expect(
      read(event("user.lifecycle.create"), { status, json: { errorCode: "E0000011" } }),
    ).rejects.toMatchObject({ code: "misconfigured", reason: "source-credentials-refused" });
  });

  it.each(["create", "activate", "reactivate"])(
    "that tells of a joiner who is not visible yet is retried: %s",
    async (word) => {
      const asked = event(`user.lifecycle.${word}`, { age: 9 * minute });
      await expect(read(asked, { status: 404, json: { errorCode: "E0000007" } })).rejects.toMatchObject({
        code: "unavailable",
        reason: "person-not-visible-yet",
      });
    },
  );

  it.each([
    ["user.lifecycle.create", 11],
    ["user.lifecycle.unsuspend", 0],
    ["user.account.update_profile", 0],
  ])("about an unknown user tells of a leaver: %s, %i minutes old", async (type, minutes) => {
    const asked = event(type, { age: minutes * minute });
    const { payload } = await read(asked, { status: 404, json: { errorCode: "E0000007" } });
    expect(payload).toEqual({ result: "SUCCESS", user: null });
    const context = { region: "CN", departments: {}, customData: {} };
    expect(okta.translate({ ...asked, payload }, context)).toEqual([
      { kind: "leave", who: { externalId: id } },
    ]);
  });

  // The host of a mistyped organization knows no user; its answer must not make a leaver.
  it.each([
    { status: 404, json: undefined },
    { status: 404, json: { error: "not found" } },
    { status: 302, json: undefined, headers: { location: "https://okta.example.com/" } },
  ])("waits for another domain where the host is no organization: $status", async (answer) => {
    await expect(read(event("user.account.update_profile"), answer)).rejects.toMatchObject({
      code: "misconfigured",
      reason: "source-host-wrong",
    });
  });

  it.each([
    { status: 200, json: [user] },
    { status: 200, json: undefined },
    { status: 400, json: { errorCode: "E0000001" } },
  ])("is retried after an unexpected answer: $status $json", async (answer) => {
    await expect(read(event("user.lifecycle.create"), answer)).rejects.toMatchObject({
      code: "unavailable",
      reason: "source-answer-unexpected",
    });
  });

  it("is not retried when Okta answers with another user", async () => {
    const asked = event("user.lifecycle.create", { subject: "me" });
    await expect(
      read(asked, { request: "GET /api/v1/users/me", status: 200, json: user }),
    ).rejects.toMatchObject({ code: "malformed", reason: "person-is-another" });
  });
});

describe("the targets of an event of Okta", () => {
  const split = (target: unknown, given: object = {}) => {
    const entry = {
      uuid: "e1",
      published: "2026-01-31T18:42:00.000Z",
      eventType: "user.lifecycle.deactivate",
      actor: { id: "00uactor", type: "User" },
      outcome: { result: "SUCCESS" },
      target,
      ...given,
    };
    const body = Buffer.from(JSON.stringify({ data: { events: [entry] } }));
    return okta.split({
      method: "POST",
      headers: {},
      rawQuery: "",
      query: new URLSearchParams(),
      payload: body,
      receivedAt: now,
      sentAt: undefined,
      deliveryId: undefined,
    })[0];
  };

  it.each(["..", ".", "a/b", "a?b", "a b", "%2e%2e", "", null, 1.5])(
    "are no users where an id is %j, which would change the path of the request",
    (wrong) => {
      expect(split([{ id: wrong, type: "User" }])).toMatchObject({ reason: "user-missing" });
    },
  );

  it("must name a user, except in an event about a group", () => {
    expect(split([])).toMatchObject({ code: "malformed", path: "data.events[0].target" });
    expect(split(null)).toMatchObject({ reason: "user-missing" });
    expect(split([{ id: "00g1", type: "UserGroup" }], { eventType: "group.lifecycle.create" })).toMatchObject(
      {
        subject: "00g1",
      },
    );
  });
});

describe("the challenge of Okta", () => {
  const challenge = (headers: Record<string, string>, method = "GET") =>
    okta.handshake?.(
      {
        method,
        headers,
        rawQuery: "",
        query: new URLSearchParams(),
        body: new Uint8Array(),
        receivedAt: now,
      },
      secret,
    );
  const name = "x-okta-verification-challenge";

  it("is echoed to a sender that shows the secret", () => {
    expect(challenge({ authorization: "x", [name]: 'a"b' })).toEqual({
      status: 200,
      headers: { "content-type": "application/json" },
      body: '{"verification":"a\\"b"}',
    });
  });

  it.each([
    { authorization: "y", [name]: "a" },
    { [name]: "a" },
    { authorization: "x" },
    { authorization: "x", [name]: "" },
    { authorization: "x", [name]: "a\u0000b" },
    { authorization: "x", [name]: "a".repeat(1025) },
  ])("is echoed to no other sender", (headers) => {
    expect(challenge(headers as Record<string, string>)).toBeUndefined();
  });

  it("is not answered in a delivery", () => {
    expect(challenge({ authorization: "x", [name]: "a" }, "POST")).toBeUndefined();
  });
});
