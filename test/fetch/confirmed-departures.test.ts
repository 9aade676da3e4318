import { describe, expect, it } from "vitest";
import type { Fetch, Listing, SourceEvent } from "#lib/contract/source.ts";
import { sourceApis } from "#lib/source-apis/source-api.ts";
import successfactors from "#lib/sources/successfactors/index.ts";
import workday from "#lib/sources/workday/index.ts";
import zohoPeople from "#lib/sources/zoho-people/index.ts";
import { json, server, virtualClock, type Answer } from "../http/server.ts";

// Sources whose deliveries prove little, and whose APIs confirm a departure: what their recorded cases do not show.

const departures: Readonly<Record<string, SourceEvent>> = {
  workday: event("termination", { Employee_ID: "7" }),
  successfactors: event("termination", { userId: "7" }),
  "zoho-people": event("employee-exited", { EmployeeID: "7" }),
};

function event(type: string, payload: object): SourceEvent {
  return { id: "e7", subject: "7", type, occurredAt: "2026-01-31T18:00:00.000Z", payload };
}

const proofs = { username: "acme", password: "invented", tokenName: "key", token: "invented" };

describe("a source whose departures can be confirmed", () => {
  it.each([workday, successfactors, zohoPeople])("works without its API: $name", async (source) => {
    const fetch = source.fetch as Fetch<object>;
    const api = sourceApis(virtualClock())(fetch, proofs, Number.MAX_SAFE_INTEGER);
    const told = departures[source.name] as SourceEvent;
    // No host is named: a request would fail.
    expect(await fetch.read(told, api)).toEqual(told.payload);
    const list = source.list as Listing<object>;
    await expect(list.page(api, undefined)).rejects.toMatchObject({ reason: "api-credentials-missing" });
    await expect(list.person(api, "7")).rejects.toMatchObject({ reason: "api-credentials-missing" });
  });
});

describe("the reports of Workday", () => {
  const report = "https://wd2.example.com/ccx/service/customreport2/acme/ISU/Workers?format=json";
  const secret = { ...proofs, apiUsername: "ISU", apiPassword: "invented" };
  const page = (reportUrl: string | string[]) => {
    const list = workday.list as Listing<object>;
    const given = { ...secret, reportUrl };
    return list.page(sourceApis(virtualClock())(list, given, 0), undefined);
  };

  it.each([
    ["http", report.replace("https", "http")],
    ["another path", report.replace("customreport2", "Human_Resources")],
    ["no address", "Workers"],
    ["two hosts", [report, report.replace("wd2", "wd5")]],
  ])("are not asked for at %s", async (_, reportUrl) => {
    await expect(page(reportUrl)).rejects.toMatchObject({
      code: "misconfigured",
      reason: "source-host-wrong",
    });
  });
});

describe("what Zoho refuses", () => {
  const token = json(200, { access_token: "t1", expires_in: 3600 });
  const refused = (...errors: number[]) =>
    json(200, {
      response: {
        status: 1,
        errors: errors.length === 1 ? { code: errors[0] } : errors.map((code) => ({ code })),
      },
    });
  const page = async (...answers: Answer[]) => {
    const { url } = await server(...answers);
    const secret = { ...proofs, clientId: "c", clientSecret: "s", refreshToken: "r", apiHost: url };
    const list = zohoPeople.list as Listing<object>;
    const clock = virtualClock();
    return list.page(sourceApis(clock)(list, secret, clock.now() + 60_000), undefined);
  };

  it.each([
    ["the refresh token", [json(200, { error: "invalid_code" })], "source-credentials-refused"],
    ["one more token", [json(400, { error: "Access Denied" })], "source-throttles"],
    ["more requests", [token, refused(7209)], "source-throttles"],
    ["what the user may not see", [token, refused(7040)], "source-permission-missing"],
    ["a form of another name", [token, refused(7011)], "source-answer-unexpected"],
    ["two things at once", [token, refused(7024, 7011)], "source-answer-unexpected"],
    ["in another shape", [token, json(200, [{ errorcode: 7012 }])], "source-answer-unexpected"],
  ] as const)("is named: %s", async (_, answers, reason) => {
    await expect(page(...answers)).rejects.toMatchObject({ reason });
  });

  it("is no end of the list, which has no records then", async () => {
    expect(await page(token, refused(7024))).toEqual({ people: [], isComplete: true });
  });
});
