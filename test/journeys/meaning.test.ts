import { describe, expect, it, onTestFinished } from "vitest";
import { defineConfig } from "#lib/config.ts";
import wecom from "#lib/sources/wecom/index.ts";
import { fixtureSecret, signDelivery } from "#infra/fixtures/cases.ts";
import { startRecordedApi } from "#infra/local/recorded-api.ts";
import { journey, type Journey } from "./stack.ts";

// Meanings that are special to one sender, from the delivery to the account.

const outcomes = ({ stack }: Journey) =>
  stack.ledger
    .recent(20)
    .map(({ subject, outcome: { kind, reason } }) => [subject, kind, reason ?? ""].join(" "));
const statuses = ({ stack }: Journey) =>
  stack.sandbox?.users().map(({ externalId, status }) => `${externalId} ${status ?? "Activated"}`);

describe("BambooHR's forms, which have neither an id nor a time", () => {
  const status = (id: string, word: string) =>
    new URLSearchParams([
      [`employees[${id}][First Name]`, "Juna"],
      [`employees[${id}][Last Name]`, `Fårr${id}`],
      [`employees[${id}][Work Email]`, `farr${id}@example.com`],
      [`employees[${id}][Status]`, word],
      [`employees[${id}][changedFields][0]`, "Status"],
    ]).toString();

  it.each([
    [["Active", "Inactive", "Active", "Inactive"], "4201 Resigned"],
    [["Active", "Inactive", "Active"], "4201 Activated"],
  ])("count again when a different event was in between: %s", async (words, end) => {
    const run = await journey();
    for (const word of words) {
      const form = status("4201", word);
      const asForm = (request: { headers: Record<string, string>; body: Uint8Array }) => ({
        headers: { ...request.headers, "content-type": "application/x-www-form-urlencoded" },
        body: request.body,
      });
      expect((await run.send("bamboohr", form, asForm)).status).toBe(202);
      await run.stack.settled();
    }
    expect(statuses(run)).toEqual([end]);
  });
});

describe("events with unknown words", () => {
  const post = (id: string, fields: object, action = "Updated") => ({
    employees: [
      { id, action, timestamp: new Date().toISOString(), changedFields: Object.keys(fields), fields },
    ],
  });

  it("end dead, and open or close no account", async () => {
    const run = await journey();
    const known = { "First Name": "Carla", "Last Name": "Ruíz", "Work Email": "carla.ruiz@example.com" };
    for (const body of [
      post("2003", { ...known, Status: "Active" }),
      post("2003", { Nombre: "Carla", Apellido: "Ruíz", Estado: "Inactivo" }),
      post("2003", { ...known, Status: "Inactif" }),
      post("2003", { ...known, Status: "Inactive" }, "Terminated"),
    ]) {
      await run.send("bamboohr", body);
      await run.stack.settled();
    }
    expect(outcomes(run).toSorted()).toEqual([
      "2003 accepted ",
      "2003 dead event-type-unknown",
      "2003 dead labels-unknown",
      "2003 dead status-unknown",
    ]);
    expect(statuses(run)).toEqual(["2003 Activated"]);
    const log = run.log.join("\n");
    for (const value of ["Inactif", "Inactivo", "Ruíz"]) expect(log).not.toContain(value);
  });
});

describe("a departure that BambooHR announces", () => {
  it("closes no account before its day, and lapses when it is withdrawn", async () => {
    const run = await journey();
    const said = (second: number, lastDay: string) => ({
      employees: [
        {
          id: "10040",
          action: "Updated",
          timestamp: new Date(Date.now() - 60_000 + second * 1000).toISOString(),
          changedFields: ["Termination Date"],
          fields: {
            "First Name": "思琪",
            "Last Name": "周",
            "Work Email": "zhou.siqi@example.com",
            Status: "Active",
            "Termination Date": lastDay,
          },
        },
      ],
    });
    const nextMonth = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
    await run.send("bamboohr", said(0, nextMonth));
    await run.stack.settled();
    expect(statuses(run)).toEqual(["10040 Activated"]);
    expect(await run.stack.ledger.subject("bamboohr", "10040")).toMatchObject({ lastDay: nextMonth });
    await run.send("bamboohr", said(1, ""));
    await run.stack.settled();
    expect(await run.stack.ledger.subject("bamboohr", "10040")).toMatchObject({ lastDay: "" });
    expect(statuses(run)).toEqual(["10040 Activated"]);
  });
});

describe("an id that changes", () => {
  const verificationToken = "invented-verification-token-0001";
  const feishu = { appId: "cli_1", appSecret: "invented-secret", verificationToken };
  const user = { open_id: "ou_1", name: "张三", mobile: "+8613910002001", status: { is_resigned: false } };
  const event = (type: string, second: number, object: object, old?: object) => ({
    schema: "2.0",
    header: {
      event_id: `${type}-${second}`,
      create_time: String(1769884920000 + second * 1000),
      event_type: `contact.user.${type}_v3`,
    },
    event: { object, ...(old && { old_object: old }) },
  });

  it("at Feishu: a new employee number creates the person, a corrected one renames, the leaver closes the account", async () => {
    const config = defineConfig({ sources: { feishu: { externalId: "employee_no" } } });
    const run = await journey({ config });
    run.secrets["sources/feishu"] = { current: feishu };
    const numbered = (employee_no: string) => ({ ...user, employee_no });
    for (const body of [
      event("created", 0, user),
      event("updated", 1, numbered("F-1"), { employee_no: "" }),
      event("updated", 2, numbered("F-001"), { employee_no: "F-1" }),
    ]) {
      expect((await run.send("feishu", body)).status).toBe(200);
      await run.stack.settled();
    }
    expect(statuses(run)).toEqual(["F-001 Activated"]);
    expect((await run.person("F-1")).body.userId).toBe(run.stack.sandbox?.users()[0]?.userId);
    await run.send("feishu", event("deleted", 3, { open_id: "ou_1", status: { is_resigned: true } }));
    await run.stack.settled();
    expect(statuses(run)).toEqual(["F-001 Resigned"]);
  });

  it("at WeCom: an update under the new id may arrive first, and the leaver closes the one account", async () => {
    const about = (userid: string) => ({
      request: "GET /cgi-bin/user/get",
      status: 200,
      json: { errcode: 0, userid, name: "何晴", department: [1], status: 1 },
    });
    const token = {
      request: "GET /cgi-bin/gettoken",
      status: 200,
      json: { errcode: 0, access_token: "t", expires_in: 7200 },
    };
    const api = await startRecordedApi([{ answers: [token, about("HeQing01")] }]);
    onTestFinished(() => api.close());
    const secret = { ...fixtureSecret("wecom"), apiHost: api.url };
    const run = await journey({ config: defineConfig({ sources: { wecom: {} } }) });
    run.secrets["sources/wecom"] = { current: secret };
    const start = Math.floor(Date.now() / 1000) - 900;
    const tell = async (type: string, id: string, second: number, more = "") => {
      const xml = `<xml><CreateTime>${start + second}</CreateTime><MsgType>event</MsgType><Event>change_contact</Event><ChangeType>${type}</ChangeType><UserID>${id}</UserID>${more}</xml>`;
      const signed = signDelivery(
        wecom as never,
        secret as never,
        { body: Buffer.from(xml), contentType: "text/xml" },
        { now: Date.now(), id: `${type}-${second}` },
      );
      const address = `${run.stack.url}/webhooks/wecom?${new URLSearchParams(signed.query).toString()}`;
      const answer = await fetch(address, {
        method: "POST",
        headers: signed.headers,
        body: signed.body as Uint8Array<ArrayBuffer>,
      });
      expect(answer.status).toBe(200);
      await run.stack.settled();
    };
    await tell("create_user", "HeQing01", 0);
    api.play({ answers: [token, about("he.qing")] });
    await tell("update_user", "he.qing", 70);
    await tell("update_user", "HeQing01", 60, "<NewUserID>he.qing</NewUserID>");
    expect(statuses(run)).toEqual(["he.qing Activated"]);
    await tell("delete_user", "he.qing", 300);
    expect(statuses(run)).toEqual(["he.qing Resigned"]);
    expect((await run.person("HeQing01")).body.userId).toBe(run.stack.sandbox?.users()[0]?.userId);
  });
});
