import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { InboundError } from "#lib/contract/errors.ts";
import { gzipSync } from "node:zlib";
import { expectTidy, openImports } from "./imports.ts";

const chunkSize = { rows: 1000, bytes: 1_000_000 };
const secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
const deep = `${"[".repeat(30_000)}${"]".repeat(30_000)}`;
const longLine = "x".repeat(2_000_000);

describe("a hostile file ends with a report", () => {
  it.each<[string, string | Uint8Array, object]>([
    [
      "people.csv",
      `email,备注\na@example.com,${deep}\n,${deep}\nb@example.com,\n`,
      { accepted: 2, rejected: 1 },
    ],
    [
      "people.ndjson",
      `{"email":"a@example.com","x":${JSON.stringify(deep)}}\n{"x":${JSON.stringify(deep)}}\n`,
      { accepted: 1, rejected: 1 },
    ],
    ["people.csv", `email,name\n${longLine},x\nb@example.com,y\n`, { accepted: 1, rejected: 1 }],
    [
      "people.csv",
      `__proto__,constructor,email,row,reason\na,b,c@example.com,d,e\na,b,,d,e\n`,
      { accepted: 1, rejected: 1 },
    ],
    ["people.csv", `${"c,".repeat(100_000)}email\n`, { problem: { reason: "columns-too-many" } }],
    ["people.json", `${"[".repeat(1_000_000)}`, { problem: { reason: "json-invalid" } }],
    ["people.csv.gz", gzipSync(Buffer.alloc(50_000_000)), { problem: { reason: "file-is-binary" } }],
  ])("%s, number %#", async (name, text, summary) => {
    const run = openImports({ chunkSize });
    const id = run.upload("users", name, text);
    await run.settle();
    expect(run.results(id).summary).toMatchObject(summary);
    if (!("problem" in summary)) expectTidy(run, id);
  });

  it("whose names and cells are no HTML and no formula", async () => {
    const run = openImports({ chunkSize });
    const tag = '<script>alert("1")</script>';
    const text = `email,"${tag.replaceAll('"', '""')}",=cmd|x\nnone,${tag.replaceAll('"', "")},"=HYPERLINK(""x"")"\n`;
    const id = run.upload("users", "<script>.csv", text);
    await run.settle();
    const report = String(run.objects.get(`results/${id}/report.html`)?.bytes);
    expect(report).toContain("&lt;script>");
    expect(report).not.toMatch(/<script|<img|\son\w+=|javascript:/i);
    const { rejected } = run.results(id);
    expect(rejected).toContain(`"'=HYPERLINK(""x"")"`);
    expect(rejected).not.toMatch(/(?:^|,)"?[=+@＝]/m);
  });

  it("shows the beginning of a long cell in its report only", async () => {
    const run = openImports({ chunkSize });
    const id = run.upload("users", "people.csv", `email,remark\nnone,${"长".repeat(60_000)}\n`);
    await run.settle();
    expect(run.objects.get(`results/${id}/report.html`)?.bytes.length).toBeLessThan(30_000);
    expect(run.results(id).rejected).toContain("长".repeat(60_000));
  });
});

describe("an encrypted file", () => {
  const container = readFileSync("lib/formats/pskc/fixtures/rfc6030-figure-6.pskcxml");

  it.each(["secret-missing", "secret-empty-yet", "secret-shape-wrong"])(
    "is refused where its keys are not there: %s",
    async (reason) => {
      const keys = () => Promise.reject(new InboundError("misconfigured", reason));
      const run = openImports({ chunkSize, keys });
      const id = run.upload("otp", "tokens.pskcxml", container);
      await run.settle();
      expect(run.results(id).summary).toMatchObject({
        state: "refused",
        problem: {
          reason: "uploads-secret-unusable",
          path: `secret uploads: ${reason}`,
          hint: expect.stringContaining("pskcKeys"),
        },
      });
      expect(run.log.filter(([message]) => message === "import retried")).toEqual([]);
    },
  );

  it("waits while its keys cannot be read", async () => {
    let calls = 0;
    const keys = async () => {
      calls += 1;
      if (calls < 3) throw new InboundError("unavailable", "secret-unreadable");
      return {};
    };
    const run = openImports({ chunkSize, keys });
    const id = run.upload("otp", "tokens.pskcxml", container);
    await run.settle();
    expect(calls).toBe(3);
    expect(run.results(id).summary.problem?.reason).toBe("pskc-key-missing");
  });
});

describe("rejected rows, round after round", () => {
  it.each([
    ["a quote in a wrong place", 'a"b,c', '"a""b,c"'],
    ["too many cells", "none,x,y,z", "none,x,y,z"],
    ["too few cells", "none", "none"],
    ["an email that is none", "none,x", "none,x"],
  ])("keep the cells of a row with %s", async (_, row, kept) => {
    const run = openImports({ chunkSize });
    let text = `email,name\nok@example.com,y\n${row}\n`;
    for (let round = 0; round < 4; round += 1) {
      const id = run.upload("users", `round-${round}.csv`, text);
      await run.settle();
      const { rejected } = run.results(id);
      expect(rejected.replace("\uFEFF", "").split("\r\n")[0]).toBe("email,name,row,reason");
      expect(rejected).toMatch(new RegExp(`^${kept.replaceAll('"', '"')},line \\d,`, "m"));
      text = rejected;
    }
  });

  it("keep a row that was made unreadable between the rounds", async () => {
    const run = openImports({ chunkSize });
    const text = 'email,name,row,reason\nn"one,x,line 7,email-invalid\nonly@example.com\n';
    const id = run.upload("users", "rejected.csv", text);
    await run.settle();
    expect(run.results(id).rejected).toContain('"n""one,x,line 7,email-invalid",line 2,');
    expect(run.results(id).rejected).toContain("\r\nonly@example.com,line 3,");
  });

  it("show no secret of a row that cannot be read", async () => {
    const run = openImports({ chunkSize });
    const id = run.upload(
      "users",
      "people.csv",
      `email,MFA Seed,令牌\na@example.com,${secret}\n"x"${secret},1\n`,
    );
    await run.settle();
    const all = run.objects.keys("results/").map((key) => String(run.objects.get(key)?.bytes));
    expect(run.results(id).summary.rejected).toBe(2);
    expect(JSON.stringify([all, run.log])).not.toContain(secret);
  });
});
