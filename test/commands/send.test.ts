import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import config from "#config";
import { fixturesFolder } from "#infra/fixtures/cases.ts";
import { readOwnDelivery } from "#infra/fixtures/own-delivery.ts";
import { serve } from "#infra/local/server.ts";
import { run, startOnLaptop, untilTheTestEnds } from "./real-command.ts";

// npm run send, against the stack of npm start.

const folder = mkdtempSync(join(tmpdir(), "send-"));
let stack: Awaited<ReturnType<typeof startOnLaptop>>;
beforeAll(async () => {
  stack = await startOnLaptop();
});
afterAll(async () => {
  await stack.end();
  rmSync(folder, { recursive: true });
});

const send = (...given: string[]) => run("send", [...given, "--url", stack.url]);
/** Writes a file of the developer's own. */
function own(path: string, text: string): string {
  const file = join(folder, path);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, text);
  return file;
}
const body = (text: string) => own("own.json", text);

describe("npm run send", () => {
  it.each(Object.keys(config.sources))(
    "tells the story of %s: one person joins, moves and leaves",
    async (name) => {
      const { status, out, error } = await send(name, "story");
      expect({ status, error }).toEqual({ status: 0, error: "" });
      expect([...out.matchAll(/^ {4}outcome +(.+)$/gm)].map(([, outcome]) => outcome)).toEqual([
        "accepted",
        "accepted",
        "accepted",
      ]);
      expect([...out.matchAll(/^ {4}at Authing +(.+)$/gm)].map(([, change]) => change)).toEqual([
        "create",
        "update",
        "leave",
      ]);
      const users = new Set([...out.matchAll(/^ {4}userId +(.+)$/gm)].map(([, userId]) => userId));
      expect(users.size).toBe(1);
      expect(out).toMatch(/^ {4}field +externalId.* ← /m);
      const people = (await (await fetch(`${stack.authing}/__sandbox/people`)).json()) as object[];
      expect(people).toContainEqual(expect.objectContaining({ userId: [...users][0], status: "Resigned" }));
    },
  );

  it("says of an event that came before that it is applied once", async () => {
    await send("okta", "user-suspended");
    const { out } = await send("okta", "user-suspended");
    expect(out).toMatch(/^ {4}seen before +an earlier delivery brought/m);
  });

  it("says why an event is dead, and what to do next", async () => {
    const { status, out } = await send("clerk", "user-event-unknown");
    expect(status).toBe(1);
    expect(out).toMatch(/^clerk user-event-unknown: 202$/m);
    expect(out).toMatch(/^ {4}outcome +dead event-type-unknown \(type\)$/m);
    expect(out).toContain("npm run parked -- redrive preview --reason event-type-unknown --source clerk");
    expect(out).toMatch(/^ {4}more +npm run explain -- clerk\/msg_/m);
  });

  it("says of a mover who is not there yet what the event waits for", async () => {
    const { status, out } = await send("bamboohr", "employee-updated-partially");
    expect(status).toBe(1);
    expect(out).toMatch(/^ {4}outcome +waiting user-unknown, until 2/m);
  });

  it("prints the reply to a check of the URL", async () => {
    const { status, out } = await send("feishu", "url-verification-encrypted");
    expect({ status, out }).toEqual({
      status: 0,
      out: expect.stringMatching(/encrypted: 200 \{"challenge":/),
    });
  });

  it("says that a delivery is about no person", async () => {
    expect((await send("wecom", "suite-ticket-pushed")).out).toContain("no event is in it");
  });

  it("lists the sources, and the cases and the story of one", async () => {
    expect((await run("send", [])).out).toMatch(/^clerk: .*user-created/m);
    const { status, out } = await run("send", ["clerk"]);
    expect(status).toBe(0);
    expect(out).toMatch(/^npm run send -- clerk user-created$/m);
    expect(out).toMatch(/^npm run send -- clerk story\n {2}sends story-1-user-created, /m);
  });
});

describe("a file of one's own", () => {
  it("is signed as its sender would, and what its source answers is read beside it", async () => {
    cpSync(join(fixturesFolder("dingtalk"), "users-added-in-batch"), join(folder, "dingtalk"), {
      recursive: true,
    });
    for (const path of [join(folder, "dingtalk", "body.json"), join(folder, "dingtalk")]) {
      const { status, out } = await send("dingtalk", path);
      expect(status).toBe(0);
      expect([...out.matchAll(/^ {4}outcome +accepted$/gm)]).toHaveLength(2);
      expect(out).toMatch(/^ {4}field.*\n(.*\n)*? {17}.*name ← result.name$/m);
    }
  });

  it("that is unreadable has an outcome under the hash that only the receiver makes", async () => {
    const { status, out } = await send("clerk", body('{"half":'));
    expect(status).toBe(1);
    expect(out).toMatch(/^ {2}unreadable {2}clerk\/[0-9a-f]{64}\n {4}outcome +dead body-not-json$/m);
  });

  it("has the content type of its extension, or the one that is named", async () => {
    const { body: _, ...read } = readOwnDelivery("bamboohr", own("a.form", "x=1"));
    expect(read).toMatchObject({ contentType: "application/x-www-form-urlencoded", method: "POST" });
    const text = own("a.txt", "x=1");
    expect(await send("bamboohr", text)).toMatchObject({
      status: 1,
      error: expect.stringMatching(/content-type-unknown.*--type.*\n$/),
    });
    const named = await send("bamboohr", text, "--type", "application/x-www-form-urlencoded");
    expect(named.out).toContain("dead");
  });

  it("of a sender that sends GET is the folder or the delivery.json of a case", () => {
    const path = join(import.meta.dirname, "../contract/doors/fixtures/signed-get/employee-hired");
    for (const each of [path, join(path, "delivery.json")]) {
      expect(readOwnDelivery("signed-get", each)).toMatchObject({ method: "GET", query: { type: "hired" } });
    }
  });
});

describe("what cannot be sent is said in one line", () => {
  it.each([
    [["clark", "user-created"], 'no source is called "clark", but there is clerk; docs/sources.md lists all'],
    [
      ["clerk", "user-updatd"],
      'clerk has no case "user-updatd"; did you mean user-updated? npm run send -- clerk lists them',
    ],
    [["clerk", "nothing.json"], "file-missing"],
    [["clerk", "user-created", "--url", "http://localhost:1"], "run npm start first"],
  ])("%j", async (given, line) => {
    const { status, out, error } = await run("send", given);
    expect({ status, out }).toEqual({ status: 1, out: "" });
    expect(error).toContain(line);
    expect(error.trim()).not.toContain("\n");
  });

  it("a stage: invented people do not belong there", async () => {
    const { status, error } = await run("send", ["clerk", "user-created", "--stage", "prod"]);
    expect(status).toBe(2);
    expect(error).toMatch(/^--stage: send is for this laptop: .*npm run doctor -- --stage/);
  });

  it("another server, also one that never answers", async () => {
    const other = await untilTheTestEnds(
      await serve(
        0,
        () => 1000,
        async () => ({ status: 401, body: "<html>" }),
      ),
    );
    const silent = await untilTheTestEnds(
      await serve(
        0,
        () => 1000,
        () => new Promise(() => {}),
      ),
    );
    const refused = await run("send", ["clerk", "user-created"], { PORT: String(other) });
    expect(refused).toMatchObject({ status: 1, out: "" });
    expect(refused.error).toMatch(/^misconfigured: not-this-stack; .*answers there \(401\): set PORT/);
    const healthy = await untilTheTestEnds(
      await serve(
        0,
        () => 1000,
        async () => ({ status: 200, body: { status: "ok" } }),
      ),
    );
    expect(await run("send", ["clerk", "user-created"], { PORT: String(healthy) })).toMatchObject({
      status: 1,
      error: expect.stringContaining("not-this-stack") as unknown,
    });
    const unanswered = await run("send", ["clerk", "user-created"], { PORT: String(silent) });
    expect(unanswered).toMatchObject({ status: 1, error: expect.stringContaining("run npm start first") });
  });

  it("a proof that the receiver refuses, and a secret that is missing", async () => {
    const secrets = { "sources/clerk": { signingSecret: "whsec_aW52ZW50ZWQtc2lnbmluZy1zZWNyZXQtMDA5" } };
    const environment = { INBOUND_SECRETS: own("secrets.json", JSON.stringify(secrets)) };
    const refused = await run("send", ["clerk", "user-created", "--url", stack.url], environment);
    expect(refused).toMatchObject({ status: 1, out: "clerk user-created: 401\n" });
    expect(refused.error).toMatch(
      /^ {2}the receiver refused the proof: npm run refused says why; .*INBOUND_SECRETS/,
    );
    const missing = await run("send", ["okta", "user-created", "--url", stack.url], environment);
    expect(missing.error).toMatch(/^okta has no case/);
    const unsigned = await run("send", ["okta", "user-suspended", "--url", stack.url], environment);
    expect(unsigned.error).toMatch(/^misconfigured: secret-missing; .*INBOUND_SECRETS\n$/);
  });
});
