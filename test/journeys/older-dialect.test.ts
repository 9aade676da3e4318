import { expect, it } from "vitest";
import { defineConfig } from "#lib/config.ts";
import { journey } from "./stack.ts";

// A deployment that writes the fields of 2022: a person is created without the fields that this dialect lacks, and the record of the
// event names them.

const config = defineConfig({ authing: { dialect: "2022" }, sources: { clerk: {} } });

it("names in the record of an event the fields that the dialect dropped", async () => {
  const { stack, send, person } = await journey({ config });
  const data = {
    id: "user_1",
    external_id: "10010",
    first_name: "三",
    last_name: "张",
    primary_email_address_id: "e1",
    email_addresses: [{ id: "e1", email_address: "san.zhang@example.com" }],
  };
  const deliver = async (type: string, more: object = {}) => {
    expect((await send("clerk", { type, timestamp: Date.now(), data: { ...data, ...more } })).status).toBe(
      202,
    );
    await stack.settled();
  };
  await deliver("user.created");
  await deliver("user.updated", { first_name: "四" });

  expect(stack.sandbox?.users()).toMatchObject([{ externalId: "10010", name: "张四" }]);
  expect(stack.sandbox?.users()[0]).not.toHaveProperty("givenName");
  const { body } = await person("10010");
  const dropped = ["givenName", "familyName"].map((path) => ({
    path,
    problem: "not-in-dialect-2022",
  }));
  expect(body.events).toMatchObject([
    { type: "user.created", outcome: { kind: "accepted" }, dropped },
    { type: "user.updated", outcome: { kind: "accepted" }, dropped },
  ]);
});

it("names beside the result of a row the fields that the dialect dropped", async () => {
  const { upload, result, person } = await journey({ config });
  const id = await upload(
    "users",
    "joiners.csv",
    "工号,姓名,邮箱,locale,status\n30001,李四,li.si@example.com,zh-CN,Deactivated\n30002,王五,wang.wu@example.com,,\n",
  );
  const notes = ["locale: not-in-dialect-2022", "status: suspended-in-dialect-2022"];
  const lines = (await result(id, "accepted.ndjson")).trim().split("\n");
  const accepted = lines.map((line) => JSON.parse(line) as { externalId: string; notes?: string[] });
  expect(accepted).toMatchObject([{ externalId: "30001", notes }, { externalId: "30002" }]);
  expect(accepted[1]).not.toHaveProperty("notes");
  const dropped = [
    { path: "locale", problem: "not-in-dialect-2022" },
    { path: "status", problem: "suspended-in-dialect-2022" },
  ];
  expect((await person("30001")).body.events).toMatchObject([{ outcome: { kind: "accepted" }, dropped }]);
});
