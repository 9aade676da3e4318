import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { openImports } from "./imports.ts";

// The file of rejected rows is of the same product as the file that they come from: its secrets are written, and its settings checked, alike.

const fixture = (path: string) => readFileSync(`lib/layouts/${path}`);

describe("rejected rows that are uploaded again", () => {
  it.each([
    ["linotp/fixtures/tokens-without-users.csv", "linotp"],
    ["pskc/fixtures/tokens-unsupported.pskcxml", "pskc"],
    ["otpauth/fixtures/addresses-listed.txt", "otpauth"],
  ])("are read by the layout of their file: %s", async (path, layout) => {
    const run = openImports({ chunkSize: { rows: 1000, bytes: 1_000_000 } });
    const first = run.upload("otp", path.slice(path.lastIndexOf("/") + 1), fixture(path));
    await run.settle();
    const { rejected, summary } = run.results(first);
    expect(summary.details).toMatchObject({ layout });
    const again = run.upload("otp", "rejected.csv", rejected);
    await run.settle();
    const { summary: second } = run.results(again);
    expect(second).toMatchObject({ state: "finished", rows: summary.secrets.rejected, accepted: 0 });
    expect(second.details).toMatchObject({ layout });
    expect(Object.keys(second.reasons).join()).toMatch(/removed/);
  });

  it("take a secret in hexadecimal where the product writes it so", async () => {
    const run = openImports({ chunkSize: { rows: 1000, bytes: 1_000_000 } });
    run.upload("users", "people.csv", "username,email\nli.si,li.si@example.com\n");
    await run.settle();
    const key = "9600432297befd79a097fbc905e3cd4388bdc8f3";
    const line = (digits: number) => `li.si,,,LT0001,${key},totp,${digits},30,`;
    const first = run.upload("otp", "tokens.csv", `# version: 2\n${line(8)}\n`);
    await run.settle();
    const { rejected } = run.results(first);
    expect(rejected).not.toContain(key);
    const mended = rejected.replace("<removed>,totp,8", `${key},totp,6`).replaceAll("<removed>", "");
    const again = run.upload("otp", "rejected.csv", mended);
    await run.settle();
    expect(run.results(again).summary).toMatchObject({ accepted: 1, rejected: 0 });
    const [person] = run.pool.users();
    expect(run.pool.factorsOf(person?.userId ?? "").otp).toMatchObject({
      secret: "SYAEGIUXX36XTIEX7PEQLY6NIOEL3SHT",
    });
  });
});
