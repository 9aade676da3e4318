import { expect, test } from "vitest";
import { memoryFile, readFormat, readWhole } from "../contract/files.ts";

// What stands beside the list of the records: the rest is said by fixtures.

const record = '{"externalId":"1","email":"a@example.com","password":"x","note":"]} \\" ["}';

test.each([
  [`{"options":{"keepPassword":true},"list":[${record}]}`, { keepPassword: true }],
  [`{"list":[${record},${record}],"x":[{"options":1}],"options":[1]}`, [1]],
  [`{"list":[${record}],"options":null}`, null],
  [`{"list":[${record}],"options":"a"}`, "a"],
  [`{"list":[],"options":7,"users":[${record}]}`, 7],
])("is read in any order: %s", async (text, options) => {
  for (const size of [1, 7, 65_536]) {
    const { around } = await readFormat(memoryFile("people.json", text, size));
    expect(around).toEqual({ options });
  }
});

test.each([
  `[${record}]`,
  `{"list":[${record}],"Options":{}}`,
  `{"realms":{"options":1},"list":[${record}]}`,
  `{"dataOrgs":{"orgs":[{"humanUsers":[${record}],"options":1}]},"options":1}`,
  `{"options":1,"email":"a@example.com"}`,
])("is nothing where no such member is beside the list: %s", async (text) => {
  expect((await readFormat(memoryFile("people.json", text))).around).toBeUndefined();
});

test("is refused when it is longer than any program writes", async () => {
  const text = `{"list":[${record}],"options":{"text":"${"x".repeat(70_000)}"}}`;
  await expect(readFormat(memoryFile("people.json", text))).rejects.toMatchObject({
    reason: "json-member-too-long",
    path: "line 1",
  });
});

test("leaves what is damaged to the rows", async () => {
  for (const rest of ["", ",", ',"options":', ',"options":tru}', ',"options":{"a":1]}', ',"options":1 2}']) {
    await expect(readFormat(memoryFile("people.json", `{"list":[${record}]${rest}`))).rejects.toMatchObject({
      reason: "json-invalid",
      path: "line 1",
    });
  }
});

test("is said by each person of a batch, so that results can be uploaded without it", async () => {
  const text = `{"list":[${record}],"options":{"keepPassword":true,"autoGeneratePassword":true}}`;
  const { rows, layout } = await readWhole(memoryFile("people.json", text));
  expect(layout).toBe("authing");
  expect(rows[0]?.values).toMatchObject({ keepPassword: true, options: { autoGeneratePassword: true } });
  const line = JSON.stringify(rows[0]?.values);
  expect((await readWhole(memoryFile("people.ndjson", `${line}\n`))).layout).toBe("authing");
});
