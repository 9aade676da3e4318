import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { defineConfig } from "#lib/config.ts";
import { shortIdOf } from "#lib/contract/parked.ts";
import { journey, type Journey } from "../journeys/stack.ts";
import { joins, leaves, told, toldSecret, toldSource } from "../journeys/told-source.ts";

const root = join(import.meta.dirname, "../..");

interface Ended {
  readonly status: number;
  readonly out: string;
  readonly error: string;
}

function ended(file: string, given: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const options = {
      cwd: root,
      env: { ...process.env, TZ: "Asia/Shanghai", ...environment },
      maxBuffer: 8e6,
    };
    execFile(file, given, options, (failure, out, error) =>
      resolve({ status: Number(failure?.code ?? 0), out, error }),
    ).stdin?.end();
  });
}
const run = (script: string, ...given: string[]) =>
  ended(process.execPath, [`infra/commands/${script}.ts`, ...given]);
/** As an operator types it, through npm; without `--`, npm takes the options. */
const npm = (line: string, environment?: NodeJS.ProcessEnv) =>
  ended("npm", ["run", "--silent", ...line.split(" ")], environment);

const sources = { hr: { source: toldSource }, idp: { source: toldSource } };

async function openStage(): Promise<Journey> {
  const stage = await journey({ config: defineConfig({ sources }) });
  stage.secrets["sources/hr"] = { current: toldSecret };
  stage.secrets["sources/idp"] = { current: toldSecret };
  return stage;
}
async function tell(stage: Journey, ...events: object[]): Promise<void> {
  for (const event of events) await stage.send("hr", event);
  await stage.stack.settled();
}
const statuses = ({ stack }: Journey) =>
  Object.fromEntries((stack.sandbox?.users() ?? []).map(({ externalId, status }) => [externalId, status]));

/** 13 people of HR, who have all left: the departures of the last 3 are held. */
async function withWave(): Promise<Journey> {
  const stage = await openStage();
  const ids = Array.from({ length: 13 }, (_, index) => `E-${index}`);
  await tell(stage, ...ids.map((id) => told(id, [joins(id)])));
  await tell(stage, ...ids.map((id) => told(id, [leaves(id)], `left-${id}`)));
  return stage;
}
const open = (stage: Journey) =>
  Object.values(statuses(stage)).filter((status) => status === "Activated").length;

/** The address of a server in front of a stack, which does something when an operation has been answered. */
async function between(stack: string, answered: (operation: string) => Promise<void>): Promise<string> {
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await Array.fromAsync(request));
    const { method = "GET", url = "" } = request;
    const answer = await fetch(`${stack}${url}`, { method, ...(body.byteLength > 0 && { body }) });
    const text = await answer.text();
    if (url === "/operations")
      await answered((JSON.parse(body.toString()) as { operation: string }).operation);
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(text);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("a command that would release departures", () => {
  it("releases none for a flag that it does not know, or that npm took", async () => {
    const stage = await withWave();
    const { stack } = stage;
    const url = ["--url", stack.url] as const;
    const port = { PORT: new URL(stack.url).port };
    for (const refused of [
      await run("parked", "release", "apply", "--source", "hr", "--dry-run", ...url),
      await run("parked", "release", "--source", "hr", "--yes", ...url),
      await run("parked", "release", "apply", "--yes", ...url),
      await run("parked", "release", "apply", "held", "--source", "hr", "--yes", ...url),
      // No terminal to ask on.
      await run("parked", "release", "apply", "--source", "hr", ...url),
      await npm("parked release apply --source hr --yes", port),
      await npm("parked release apply --source idp", port),
      await npm("parked redrive apply --source hr --dry-run --yes", port),
      await npm("parked release apply -- --source=hr --dry-run", port),
    ]) {
      expect(refused).toMatchObject({ status: 2, error: expect.stringContaining("npm run parked -- re") });
      expect(refused.error).not.toMatch(/\n +at /);
    }
    expect(open(stage)).toBe(3);
  }, 60_000);

  it("shows how many they are, of which source and why, and releases those with a yes", async () => {
    const stage = await withWave();
    const url = ["--url", stage.stack.url] as const;
    const previewed = await run("parked", "release", "preview", "--source", "hr", ...url);
    expect(previewed).toMatchObject({ status: 0, error: "" });
    expect(previewed.out).toMatch(/3 +held +hr +mass-departure/);
    expect(previewed.out).toMatch(/E-12 .*accepted +~status/);
    expect(previewed.out).toContain("nothing was changed");
    expect(open(stage)).toBe(3);

    const one = await run("parked", "release", "apply", "--person", "E-10", "--yes", ...url);
    expect(one.out).toMatch(/1 +held +hr +mass-departure/);
    expect(statuses(stage)["E-10"]).toBe("Resigned");
    const short = shortIdOf("left-E-11");
    const discarded = await run("parked", "discard", "apply", "--id", short, "--yes", ...url);
    expect(discarded.out).toContain("discarded");
    const rest = await run(
      "parked",
      "release",
      "apply",
      "--reason",
      "mass-departure",
      "--yes",
      "--json",
      ...url,
    );
    expect(JSON.parse(rest.out)).toMatchObject({ rows: [{ id: "left-E-12", result: "accepted" }] });
    expect(open(stage)).toBe(1);
    expect((await run("parked", "list", "held", ...url)).out).toBe("nothing is held\n");
  }, 60_000);

  it("releases no more than were counted, whatever was parked since", async () => {
    const stage = await withWave();
    const url = await between(stage.stack.url, async (operation) => {
      if (operation !== "list") return;
      // Once the command has counted three, one more leaves.
      await tell(stage, told("E-13", [joins("E-13")]), told("E-13", [leaves("E-13")], "left-E-13"));
    });
    const released = await run("parked", "release", "apply", "--source", "hr", "--yes", "--url", url);
    expect(released.out).toMatch(/3 +held +hr +mass-departure/);
    expect(released.out).toMatch(/3 +accepted/);
    expect(statuses(stage)).toMatchObject({ "E-12": "Resigned", "E-13": "Activated" });
  }, 60_000);

  it("run in two terminals at once applies each departure once", async () => {
    const stage = await withWave();
    const release = () =>
      run("parked", "release", "apply", "--source", "hr", "--yes", "--url", stage.stack.url);
    const both = await Promise.all([release(), release()]);
    for (const { error } of both) expect(error).toBe("");
    expect(open(stage)).toBe(0);
    const calls = stage.stack.sandbox?.requests.filter(({ operation }) => operation === "resign-user-batch");
    expect(calls?.reduce((people, { count }) => people + count, 0)).toBe(13);
    expect((await run("parked", "list", "--url", stage.stack.url)).out).toBe("nothing is parked\n");
  }, 60_000);
});

describe("what is parked", () => {
  it("is readable in a terminal of 100 columns, with its person, its time on this clock, and what to do once for each reason", async () => {
    const stage = await openStage();
    const parkedAt = "2026-11-26T18:13:00.000Z";
    for (let index = 0; index < 200; index += 1) {
      await stage.stack.parked.keep({
        kind: index % 4 === 0 ? "rejected" : "dead",
        message: {
          kind: "event",
          source: index % 3 === 0 ? "hr" : "idp",
          event: {
            id: `事件-${index}-0f8e7d6c-5b4a-4938-8271-60f5e4d3c2b1`,
            subject: `部门/研发中心/平台架构组/${index}`,
            type: "contact.user.department_membership_changed_v3",
            occurredAt: parkedAt,
            payload: { name: "张三" },
          },
          reception: { receivedAt: parkedAt, proof: "hmac-sha256" },
        },
        ledgerId: `事件-${index}-0f8e7d6c-5b4a-4938-8271-60f5e4d3c2b1`,
        reason: index % 4 === 0 ? "conflict" : "translation-failed",
        path: `employees[${index}].fields.所属部门（研发中心／平台架构组）.value`,
        attempts: 3,
        since: parkedAt,
        ...(index % 2 === 0 && { externalId: `上海-${10_000 + index}` }),
      });
    }
    const { out, status } = await run("parked", "list", "--all", "--url", stage.stack.url);
    expect(status).toBe(0);
    const lines = out.split("\n");
    // Commands stay whole, so that they can be pasted.
    const wide = lines.filter((line) => columnsOf(line) > 100 && !line.trim().startsWith("npm run"));
    expect(wide).toEqual([]);
    expect(out.match(/上海-1\d{4} /g)).toHaveLength(100);
    expect(out.match(/部门\/研发中心/g)).toHaveLength(100);
    expect(out.match(/2026-11-27 02:13/g)).toHaveLength(200);
    expect(out).not.toContain("张三");
    for (const once of [
      /Correct the mapping, deploy, and redrive/g,
      /Free the identifier at Authing or at the source/g,
    ]) {
      expect(out.match(once)).toHaveLength(2);
    }
    for (const total of [
      /100 +dead +idp +translation-failed/,
      /50 +dead +hr/,
      /33 +rejected +idp +conflict/,
    ]) {
      expect(out).toMatch(total);
    }

    const page = await run("parked", "list", "dead", "--source", "idp", "--url", stage.stack.url);
    expect(page.out).toMatch(/these are the first \d+; --all shows the rest/);
    const chinese = await run(
      "parked",
      "list",
      "--reason",
      "conflict",
      "--lang",
      "zh",
      "--url",
      stage.stack.url,
    );
    expect(chinese.out).toContain("请在 Authing");
    const person = await run("parked", "list", "--person", "上海-10004", "--url", stage.stack.url);
    expect(person.out).toContain(shortIdOf("事件-4-0f8e7d6c-5b4a-4938-8271-60f5e4d3c2b1"));
    expect(person.out.match(/上海-1/g)).toHaveLength(1);
    const recent = await run("parked", "list", "--since", "2026-11-28", "--url", stage.stack.url);
    expect(recent.out).toBe("nothing is parked since 2026-11-28\n");
  }, 60_000);

  it("of a source that is mistyped is not said to be nothing without a word, nor that nothing was refused", async () => {
    const { stack } = await openStage();
    const given = ["--source", "hrs", "--url", stack.url] as const;
    const note = {
      status: 1,
      error: "hrs is not switched on in inbound.config.ts; did you mean hr?\n",
    };
    expect(await run("parked", "list", ...given)).toMatchObject(note);
    expect(await run("parked", "redrive", "apply", "--yes", ...given)).toMatchObject(note);
    expect(await run("refused", ...given)).toMatchObject(note);
    const right = await run("parked", "list", "--source", "idp", "--url", stack.url);
    expect(right).toMatchObject({ status: 0, error: "" });
  }, 60_000);

  it("is shown by its short id, and with its payload only on request, with a warning", async () => {
    const stage = await openStage();
    await tell(stage, told("1", [joins("1")]));
    await stage.send("idp", told("2", [joins("2", { email: "p1@example.com", name: "Zoë 李" })], "taken"));
    await stage.stack.settled();
    const url = ["--url", stage.stack.url] as const;
    const shown = await run("parked", "show", shortIdOf("taken"), ...url);
    expect(shown).toMatchObject({ status: 0, error: "" });
    for (const line of [
      /^idp\/taken/m,
      /parked +as rejected: conflict/,
      /at +email/,
      /npm run parked -- redrive apply/,
    ]) {
      expect(shown.out).toMatch(line);
    }
    expect(shown.out).not.toContain("Zoë");
    const whole = await run("parked", "show", "taken", "--payload", ...url);
    expect(whole.error).toContain("personal data");
    expect(whole.out).toContain("Zoë 李");
    expect(await run("parked", "show", "nothing", ...url)).toMatchObject({ status: 1, error: "" });
  });

  it("ends quietly when its reader has seen enough", async () => {
    const stage = await withWave();
    const line = `node infra/commands/parked.ts list --url ${stage.stack.url} | head -1; echo "status \${PIPESTATUS[0]}"`;
    expect(await ended("bash", ["-c", line])).toMatchObject({
      error: "",
      out: expect.stringMatching(/\nstatus 0\n$/),
    });
  });

  it("is found behind thousands of others", async () => {
    const stage = await openStage();
    const parkedAt = "2026-11-26T18:13:00.000Z";
    for (let index = 0; index <= 5000; index += 1) {
      await stage.stack.parked.keep({
        kind: "dead",
        message: {
          kind: "event",
          source: "hr",
          event: { id: `${index}`, subject: `${index}`, type: "joined", occurredAt: parkedAt, payload: {} },
          reception: { receivedAt: parkedAt, proof: "hmac-sha256" },
        },
        ledgerId: `${index}`,
        reason: index < 5000 ? "translation-failed" : "name-missing",
        attempts: 1,
        since: new Date(Date.parse(parkedAt) + index).toISOString(),
      });
    }
    const given = ["--reason", "name-missing", "--url", stage.stack.url];
    const listed = await run("parked", "list", ...given);
    expect(listed.out).toMatch(/1 +dead +hr +name-missing/);
    expect(listed.out).toContain(shortIdOf("5000"));
    const discarded = await run("parked", "discard", "apply", "--yes", ...given);
    expect(discarded.out).toMatch(/1 +discarded/);
    expect((await run("parked", "list", ...given)).out).toBe("nothing is parked for name-missing\n");
  }, 60_000);

  it("is left alone by a redrive of what is mended no more than once, page after page without another question", async () => {
    const stage = await openStage();
    const ids = Array.from({ length: 230 }, (_, index) => `E-${index}`);
    for (const id of ids) {
      await stage.stack.parked.keep({
        kind: "dead",
        message: {
          kind: "event",
          source: "hr",
          event: {
            id,
            subject: id,
            type: "joined",
            occurredAt: "2026-11-26T18:13:00.000Z",
            payload: { changes: [joins(id)] },
          },
          reception: { receivedAt: "2026-11-26T18:13:00.000Z", proof: "hmac-sha256" },
        },
        ledgerId: id,
        reason: "translation-failed",
        attempts: 1,
        since: "2026-11-26T18:13:00.000Z",
      });
    }
    const redriven = await run(
      "parked",
      "redrive",
      "apply",
      "--source",
      "hr",
      "--yes",
      "--url",
      stage.stack.url,
    );
    expect(redriven.status).toBe(0);
    expect(redriven.error).toMatch(/^\d+ done, going on\n/);
    expect(redriven.out).toMatch(/230 +accepted/);
    expect(stage.stack.sandbox?.users()).toHaveLength(230);
  }, 60_000);
});

/** Columns of a terminal: Chinese characters take two. */
function columnsOf(line: string): number {
  return [...line].reduce(
    (sum, character) => sum + (/[\u2e80-\u9fff\uff00-\uff60]/.test(character) ? 2 : 1),
    0,
  );
}

describe("a paused source", () => {
  it("is not resumed without a question where its events are stored behind thousands that wait for a date", async () => {
    const stage = await openStage();
    const at = "2026-11-26T18:13:00.000Z";
    for (let index = 0; index <= 5000; index += 1) {
      await stage.stack.parked.keep({
        kind: "waiting",
        message: {
          kind: "event",
          source: "hr",
          event: { id: `${index}`, subject: `${index}`, type: "left", occurredAt: at, payload: {} },
          reception: { receivedAt: at, proof: "hmac-sha256" },
        },
        ledgerId: `${index}`,
        reason: index < 5000 ? "date-ahead" : "source-paused",
        attempts: 1,
        since: at,
        dueAt: "2999-01-01T00:00:00.000Z",
      });
    }
    expect(await run("resume", "hr", "--url", stage.stack.url)).toMatchObject({
      status: 2,
      out: expect.stringMatching(/1 +waiting +hr +source-paused/),
    });
  }, 60_000);

  it("is resumed with a yes, after the command has said how much is stored", async () => {
    const stage = await openStage();
    const url = ["--url", stage.stack.url] as const;
    const paused = await run("pause", "hr", ...url);
    expect(paused).toMatchObject({ status: 0, error: "" });
    expect(paused.out).toContain("npm run resume -- hr");
    await tell(stage, told("3", [joins("3")], "third"));
    expect((await run("parked", "list", "waiting", ...url)).out).toMatch(/hr: waiting, source-paused/);
    expect((await run("explain", "hr/third", ...url)).out).toMatch(/paused +hr, since 2/);
    expect(await run("resume", "hr", ...url)).toMatchObject({
      status: 2,
      out: expect.stringMatching(/1 +waiting +hr/),
    });
    expect(stage.stack.sandbox?.users()).toEqual([]);
    const resumed = await run("resume", "hr", "--yes", ...url);
    expect(resumed).toMatchObject({
      status: 0,
      out: expect.stringContaining("1 stored event comes back now"),
    });
    await stage.stack.settled();
    expect(stage.stack.sandbox?.users()).toMatchObject([{ externalId: "3" }]);
    expect(await run("pause", "rh", ...url)).toMatchObject({
      status: 1,
      error: expect.stringContaining("source-not-enabled"),
    });
  });
});
