import { describe, expect, it } from "vitest";
import { openImports, type Imports, type ImportsOptions } from "./imports.ts";

const small: ImportsOptions = { chunkSize: { rows: 20, bytes: 1_000_000 } };
const people = (...rows: readonly string[]) => `externalId,name,email\n${rows.join("\n")}\n`;
const li = "1001,李雷,li.lei@example.com";
const han = "1002,韩梅,han.mei@example.com";

async function imported(run: Imports, folder: Parameters<Imports["upload"]>[0], text: string) {
  const id = run.upload(folder, "people.csv", text);
  await run.settle();
  return run.results(id);
}

const ownerOf = async (run: Imports, externalId: string) => (await run.ledger.person(externalId))?.owner;

describe("the people of a file", () => {
  it("belong to the source that the folder names, or to no source", async () => {
    const run = openImports(small);
    const { summary } = await imported(run, "users/bamboohr", people(li));
    expect(summary).toMatchObject({ kind: "users", source: "bamboohr", accepted: 1 });
    expect((await imported(run, "users", people(han))).summary).not.toHaveProperty("source");
    expect(await run.ledger.person("1001")).toMatchObject({
      owner: "bamboohr",
      createdBy: expect.stringMatching(/^uploads\/people\.csv-[0-9a-f]{12}\/line 2$/),
    });
    expect(await ownerOf(run, "1002")).toBeUndefined();
  });

  it("who have no source get the source of a later file; those of another source keep theirs", async () => {
    const run = openImports(small);
    await imported(run, "users", people(li));
    const { summary } = await imported(run, "users/okta", people(li, han));
    expect(summary).toMatchObject({ accepted: 1, alreadyDone: 1 });
    await imported(run, "users/bamboohr", people(li, han));
    expect([await ownerOf(run, "1001"), await ownerOf(run, "1002")]).toEqual(["okta", "okta"]);
  });

  it("who are at Authing with their externalId, but not in the ledger, get that source, too", async () => {
    const run = openImports(small);
    const authing = run.pool.connect(undefined as never);
    await authing.createUsersBatch({ list: [{ externalId: "1001", email: "li.lei@example.com" }] });
    run.clock.pass(3600);
    const { summary } = await imported(run, "users/bamboohr", people(li));
    expect(summary).toMatchObject({ accepted: 0, alreadyDone: 1 });
    expect(await ownerOf(run, "1001")).toBe("bamboohr");
  });
});

describe("a file in a folder of no source", () => {
  it.each([
    ["users/peopledesk", "source-unknown", /bamboohr, okta/],
    ["users/bamboohr/2026", "folder-unknown", /incoming\/users\/<source>\/<file>/],
    ["otp/bamboohr", "folder-unknown", /incoming\/otp\/<file>/],
  ] as const)("incoming/%s is refused as %s, and says what to do", async (folder, reason, hint) => {
    const run = openImports(small);
    const { summary } = await imported(run, folder, people(li));
    expect(summary).toMatchObject({
      state: "refused",
      rows: 0,
      problem: { reason, path: "key", hint: expect.stringMatching(hint) },
    });
    expect(run.pool.requests).toEqual([]);
  });
});
