import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { curlOf, explainCommand, fixtureOf } from "#infra/console/page/copies.ts";
import { serve, type LocalRequest } from "#infra/local/server.ts";

// What a reader pastes into a shell is run by a shell here.

const run = promisify(execFile);

const hostile = [
  '{"name":"张三"}',
  'it\'s $(touch pwned) `touch pwned` "quoted" \\ back\\\\slash !! %s %n',
  "@/etc/passwd",
  "-X DELETE",
  "two\r\nlines\n\n",
  "\u001b[201~touch pwned\n",
  "turned \u202e around, \u200b and nothing",
  "zero \0 byte",
  "é ñ 🙂 \uFEFF",
  "   ",
];

/** A folder in which nothing that a text says must happen. */
function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "pasted-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function echo(): Promise<{ origin: string; got: LocalRequest[] }> {
  const got: LocalRequest[] = [];
  const server = await serve(
    0,
    () => 1_000_000,
    async (request) => (got.push(request), { status: 204 }),
  );
  onTestFinished(() => server.close());
  return { origin: `http://127.0.0.1:${server.port}`, got };
}

const request = (body: string, more: object = {}) => ({
  method: "POST",
  path: "/webhooks/acme?a=1&b[0-3]={x,y}",
  headers: { "content-type": "application/json", host: "example.com", "content-length": "1" },
  body,
  isBase64: false,
  ...more,
});

describe("a delivery as curl", () => {
  it.each(hostile)("sends these bytes again, and nothing else happens: %j", async (body) => {
    const { origin, got } = await echo();
    const folder = emptyFolder();
    const line = curlOf(origin, request(body));
    // Nothing in it is obeyed by the terminal that it is pasted into.
    expect(line).not.toMatch(/[^\P{C}\n]/u);
    await run("bash", ["-c", line], { cwd: folder });
    expect(got.map(({ body: bytes }) => bytes.toString())).toEqual([body]);
    expect(got[0]?.url.search).toBe("?a=1&b[0-3]={x,y}");
    await expect(run("ls", [folder])).resolves.toMatchObject({ stdout: "" });
  });

  it("sends bytes that are no text", async () => {
    const { origin, got } = await echo();
    const bytes = Buffer.from([0, 255, 254, 10, 13, 39]);
    const line = curlOf(origin, request(bytes.toString("base64"), { isBase64: true }));
    await run("bash", ["-c", line]);
    expect(got[0]?.body).toEqual(bytes);
  });

  it("sends the headers, with every byte of their values, and adds no type", async () => {
    const { origin, got } = await echo();
    const headers = { "x-name": "it's \u00e9\u009b$(touch pwned)", "x-empty": "", "x-at": "@file" };
    const folder = emptyFolder();
    const line = curlOf(origin, request("x", { headers }));
    expect(line).not.toMatch(/[^\P{C}\n]/u);
    await run("bash", ["-c", line], { cwd: folder });
    expect(got[0]?.headers).toMatchObject(headers);
    expect(got[0]?.headers).not.toHaveProperty("content-type");
    await expect(run("ls", [folder])).resolves.toMatchObject({ stdout: "" });
  });

  it("sends a GET without a body", async () => {
    const { origin, got } = await echo();
    await run("bash", ["-c", curlOf(origin, request("", { method: "GET" }))]);
    expect(got).toMatchObject([{ method: "GET", body: Buffer.alloc(0) }]);
  });
});

/** Runs the lines in a repository that holds nothing but an `npm` which writes down what it is asked for. */
async function inRepository(lines: string) {
  const folder = emptyFolder();
  const bin = join(folder, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "npm"), '#!/bin/sh\nprintf "%s\\n" "$@" > "$ASKED"\n', { mode: 0o755 });
  const asked = join(folder, "asked");
  await run("bash", ["-c", lines], {
    cwd: folder,
    env: { PATH: `${bin}:${process.env["PATH"]}`, ASKED: asked },
  });
  const read = (name: string) => readFileSync(join(folder, name), "utf8");
  return { read, asked: read("asked").split("\n").slice(0, -1) };
}

describe("a delivery as a case", () => {
  const said = { method: "POST", contentType: "application/json", query: {} };
  const folder = "lib/sources/acme/fixtures/my-case";

  it.each(hostile)("holds these bytes: %j", async (body) => {
    const { read, asked } = await inRepository(fixtureOf("acme", { ...said, body }));
    expect(read(`${folder}/body.json`)).toBe(body);
    expect(asked).toEqual(["run", "translate", "--", "acme", `${folder}/body.json`, "--golden"]);
  });

  it("holds the query of a GET, and the kind of a body", async () => {
    const query = { name: "it's \u202e" };
    const { read } = await inRepository(fixtureOf("acme", { ...said, method: "GET", query, body: "" }));
    expect(JSON.parse(read(`${folder}/delivery.json`))).toEqual({ method: "GET", query });
    const form = fixtureOf("acme", {
      ...said,
      contentType: "application/x-www-form-urlencoded",
      body: "a=1",
    });
    expect((await inRepository(form)).read(`${folder}/body.form`)).toBe("a=1");
  });
});

it.each(["okta/e-1", ...hostile.map((text) => `okta/${text.trimEnd().replaceAll("\0", "")}`)])(
  "the command that explains names exactly what is asked: %j",
  async (asked) => {
    const line = explainCommand(asked, "--stage prod");
    expect(line).not.toMatch(/[^\P{C}\n]/u);
    const ran = await inRepository(line);
    expect(ran.asked.join("\n")).toBe(["run", "explain", "--", asked, "--stage", "prod"].join("\n"));
  },
);
