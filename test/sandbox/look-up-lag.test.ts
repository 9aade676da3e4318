import { expect, test } from "vitest";
import { call, openSandbox } from "./calls.ts";

test("look-ups show people only some time after they were created, but their identifiers are taken at once", async () => {
  let now = Date.now();
  const sandbox = await openSandbox({ lookUpLagMilliseconds: 2000, now: () => now });
  const person = { externalId: "10010", email: "p10010@example.com" };
  expect((await call(sandbox, "create-user", person)).body).toMatchObject({ statusCode: 200 });
  const seen = async () => {
    const one = await call(sandbox, "get-user", { userId: "10010", userIdType: "external_id" });
    const batch = await call(sandbox, "get-user-batch", { userIds: ["10010"], userIdType: "external_id" });
    const all = await call(sandbox, "list-users", {});
    const exists = await call(sandbox, "is-user-exists", { externalId: "10010" });
    return [
      one.body.statusCode,
      (batch.body.data as unknown as unknown[]).length,
      (all.body.data as unknown as { totalCount: number }).totalCount,
      (exists.body.data as unknown as { exists: boolean }).exists,
    ];
  };
  expect(await seen()).toEqual([404, 0, 0, false]);
  expect((await call(sandbox, "create-user", person)).body).toMatchObject({ statusCode: 409 });
  now += 1999;
  expect(await seen()).toEqual([404, 0, 0, false]);
  now += 1;
  expect(await seen()).toEqual([200, 1, 1, true]);
});
