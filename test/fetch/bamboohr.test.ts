import { afterEach, describe, expect, it } from "vitest";
import { sourceApis } from "#lib/source-apis/source-api.ts";
import type { SourceEvent } from "#lib/contract/source.ts";
import bamboohr from "#lib/sources/bamboohr/index.ts";
import { serve } from "#infra/local/server.ts";
import type { RecordedAnswer } from "#infra/fixtures/cases.ts";
import { startRecordedApi, type RecordedApi } from "#infra/local/recorded-api.ts";

// What the recorded cases do not test: the requests to BambooHR, and the failures of such a request.

const minute = 60_000;
const now = Date.parse("2026-01-31T18:42:05Z");
const path = "GET /api/v1/employees/10026";
const fetch = bamboohr.fetch as NonNullable<typeof bamboohr.fetch>;
const context = { region: "CN", departments: {}, customData: {} };
const asking = { privateKey: "x", companyDomain: "acme", apiKey: "invented-0001" };

let api: RecordedApi | undefined;
afterEach(async () => {
  await api?.close();
  api = undefined;
});

function event(type: string, { age = 0, employeeId = "10026" } = {}): SourceEvent {
  return {
    id: "e1",
    subject: employeeId,
    type,
    occurredAt: new Date(now - age).toISOString(),
    payload: { employeeId, changedFields: [] },
  };
}

const clock = { now: () => now, wait: async () => {}, random: () => 0.5 };

/** BambooHR's answer for an id that no employee has. */
const unknown = { status: 404, headers: { "x-bamboohr-error-message": "Employee not found" } };

async function read(asked: SourceEvent, answer: Omit<RecordedAnswer, "request">, secret = {}) {
  api = await startRecordedApi([{ answers: [{ request: path, ...answer }] }]);
  const given = { ...asking, apiHost: api.url, ...secret };
  return fetch.read(asked, sourceApis(clock)(fetch, given, now + 30_000));
}

describe("the host of BambooHR", () => {
  it("is the company's, or `apiHost` of the secret in its place", () => {
    expect(fetch.hosts(asking)).toEqual({ api: "https://acme.bamboohr.com" });
    expect(fetch.hosts({ ...asking, apiHost: "http://127.0.0.1:1" })).toEqual({ api: "http://127.0.0.1:1" });
  });

  it.each(["acme.bamboohr.com", "https://acme", "acme/x", "evil.example.com#", "-acme", ""])(
    "is refused where the company is %j",
    (companyDomain) => {
      expect(() => fetch.hosts({ ...asking, companyDomain })).toThrow("misconfigured: source-host-wrong");
    },
  );
});

describe("an event-based event of BambooHR", () => {
  it("is completed by one request with the key, for the fields that are used", async () => {
    let asked: { url: URL; authorization: string | undefined; accept: string | undefined } | undefined;
    const server = await serve(
      0,
      () => 1024,
      async ({ url, headers }) => {
        asked = { url, authorization: headers["authorization"], accept: headers["accept"] };
        return { status: 200, body: { id: "10026", firstName: "Zoë", dateOfBirth: "0000-00-00" } };
      },
    );
    const secret = { ...asking, apiHost: `http://127.0.0.1:${server.port}` };
    const payload = await fetch.read(
      event("employee.updated"),
      sourceApis(clock)(fetch, secret, now + 30_000),
    );
    await server.close();
    expect(payload).toEqual({ id: "10026", fields: { firstName: "Zoë" }, changedFields: [] });
    // base64 of invented-0001:x
    expect(asked).toMatchObject({
      authorization: "Basic aW52ZW50ZWQtMDAwMTp4",
      accept: "application/json",
    });
    expect(asked?.url.searchParams.get("fields")?.split(",")).toEqual(
      expect.arrayContaining(["firstName", "lastName", "workEmail", "mobilePhone", "status"]),
    );
  });

  it("needs nothing more when it is a deletion, or has its fields", async () => {
    for (const type of ["employee.deleted", "employee.unknown", "employee_with_fields.updated"]) {
      const asked = event(type);
      expect(await read(asked, { status: 500 })).toBe(asked.payload);
      expect(api?.requests).toEqual([]);
      await api?.close();
    }
  });

  it.each([
    { apiKey: "" },
    { apiKey: undefined },
    { companyDomain: undefined, apiHost: undefined },
    { companyDomain: "", apiHost: undefined },
  ])("is dead where BambooHR cannot be asked: %j", async (secret) => {
    const asked = event("employee.created");
    const payload = await read(asked, { status: 500 }, secret);
    expect(api?.requests).toEqual([]);
    expect(() => bamboohr.translate({ ...asked, payload }, context)).toThrow("malformed: api-key-missing");
  });

  it.each([401, 403])("waits for better credentials after %i", async (status) => {
    await expect(read(event("employee.updated"), { status })).rejects.toMatchObject({
      code: "misconfigured",
      reason: "source-credentials-refused",
    });
  });

  it("about an unknown employee is retried while it is a recent joiner, and is a leaver otherwise", async () => {
    await expect(read(event("employee.created"), unknown)).rejects.toMatchObject({
      code: "unavailable",
      reason: "person-not-visible-yet",
    });
    await api?.close();
    const old = event("employee.created", { age: 11 * minute });
    const payload = await read(old, unknown);
    expect(bamboohr.translate({ ...old, payload }, context)).toEqual([
      { kind: "leave", who: { externalId: "10026" } },
    ]);
  });

  // The host of a mistyped company knows no employee; its answer must not make a leaver.
  it.each([
    { status: 404 },
    { status: 404, json: { error: "not found" } },
    { status: 302, headers: { location: "https://www.bamboohr.com/" } },
  ])("waits for another company where the host is not BambooHR's: $status $json", async (answer) => {
    await expect(read(event("employee.updated"), answer)).rejects.toMatchObject({
      code: "misconfigured",
      reason: "source-host-wrong",
    });
  });

  it("is retried after an unexpected answer", async () => {
    await expect(read(event("employee.updated"), { status: 200, json: [] })).rejects.toMatchObject({
      code: "unavailable",
      reason: "source-answer-unexpected",
    });
  });

  it("is not retried when it asks for another employee, or gets one", async () => {
    await expect(read(event("employee.updated"), { status: 200, json: { id: "1" } })).rejects.toMatchObject({
      reason: "person-is-another",
    });
    for (const employeeId of ["0", "..", "1/../2", "1?x"]) {
      await api?.close();
      await expect(read(event("employee.updated", { employeeId }), { status: 500 })).rejects.toMatchObject({
        code: "malformed",
        reason: "id-malformed",
      });
      expect(api?.requests).toEqual([]);
    }
  });

  it("is refused when its id is longer than Authing takes", () => {
    const asked = event("employee.deleted", { employeeId: "1".repeat(256) });
    expect(() => bamboohr.translate(asked, context)).toThrow("malformed: external-id-too-long");
  });
});
