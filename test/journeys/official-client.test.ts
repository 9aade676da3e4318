import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type * as AuthingSdk from "authing-node-sdk";
import exceljs from "exceljs";
import { describe, expect, it } from "vitest";
import { encoderOf } from "#lib/formats/encode.ts";
import { journey, type Journey } from "./stack.ts";

const { ManagementClient } = createRequire(import.meta.url)("authing-node-sdk") as typeof AuthingSdk;

describe("Authing's official client", () => {
  it("lists the people from webhooks and files, with their authenticators", async () => {
    const run = await journey();
    await run.send("bamboohr", {
      employees: [
        {
          id: "9",
          action: "Created",
          fields: {
            "First Name": { value: "三" },
            "Last Name": { value: "张" },
            "Work Email": { value: "z@example.com" },
          },
        },
      ],
    });
    await run.stack.settled();
    await run.upload("users", "people.csv", "externalId,email\n1,a@example.com\n");
    await run.upload("otp", "otp.csv", "externalId,secret\n1,JBSWY3DPEHPK3PXP\n");

    const client = clientOf(run);
    const list = await listed(client);
    expect(list.map(({ externalId }) => externalId).toSorted()).toEqual(["1", "9"]);
    const mfa = await client.getUserMfaInfo({ userId: "1", userIdType: "external_id" } as never);
    expect(mfa.data.totpStatus).toBe("enabled");
  });

  it("lists the people of a Keycloak export, a workbook and a CSV in GBK", async () => {
    const run = await journey();
    await run.upload(
      "users",
      "realm.json",
      readFileSync("lib/layouts/keycloak/fixtures/realm-exported.json"),
    );
    await run.upload(
      "users",
      "花名册.xlsx",
      await workbook([
        ["工号", "姓名", "手机号", "生日"],
        ["00101", "欧阳娜娜", "13900020101", new Date(Date.UTC(1990, 4, 17))],
        ["00102", "José Müller", "+49 151 23456789", ""],
      ]),
    );
    await run.upload(
      "users",
      "员工.csv",
      encoderOf("gb18030")("工号,姓名,邮箱,secret\r\n30001,李昇,li@example.com,jbsw y3dp ehpk 3pxp\r\n"),
    );

    const client = clientOf(run);
    const list = await listed(client);
    const byId = new Map(list.map((user) => [user.externalId, user]));
    const keycloakId = "927f75ed-2f2d-4c22-a149-8a8e3774b8e6";
    expect(byId.get(keycloakId)).toMatchObject({
      username: "lin.xia",
      name: "林夏",
      email: "lin.xia@example.com",
      phone: "13800138001",
    });
    expect(byId.get("00101")).toMatchObject({
      name: "欧阳娜娜",
      phone: "13900020101",
      birthdate: "1990-05-17",
    });
    expect(byId.get("00102")).toMatchObject({ name: "José Müller", phoneCountryCode: "+49" });
    expect(byId.get("30001")).toMatchObject({ name: "李昇", email: "li@example.com" });
    for (const [userId, totpStatus] of [
      [keycloakId, "enabled"],
      ["00101", "disabled"],
      ["30001", "enabled"],
    ]) {
      const { data } = await client.getUserMfaInfo({ userId, userIdType: "external_id" } as never);
      expect(data.totpStatus, userId).toBe(totpStatus);
    }
  });
});

function clientOf(run: Journey): AuthingSdk.ManagementClient {
  const current = run.secrets["authing"]?.current as { accessKeyId: string; accessKeySecret: string };
  return new ManagementClient({ ...current, host: run.stack.authingHost });
}

async function listed(client: AuthingSdk.ManagementClient) {
  const { data } = await client.listUsers({ options: { pagination: { page: 1, limit: 50 } } } as never);
  return data.list;
}

async function workbook(rows: readonly (readonly unknown[])[]): Promise<Uint8Array> {
  const book = new exceljs.Workbook();
  book.addWorksheet("员工").addRows(rows as unknown[][]);
  return new Uint8Array(await book.xlsx.writeBuffer());
}
