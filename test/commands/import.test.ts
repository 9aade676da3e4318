import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run, startOnLaptop } from "./real-command.ts";

// npm run import, as an operator runs it: a process of its own, against the sandbox of a running npm start.

const folder = mkdtempSync(join(tmpdir(), "import-"));
const environment = { INBOUND_STORE: join(folder, "store"), INIT_CWD: folder, PORT: "" };
let laptop: Awaited<ReturnType<typeof startOnLaptop>>;
beforeAll(async () => {
  // The sandbox listens on the next port.
  environment.PORT = String(20_000 + 2 * Math.floor(Math.random() * 15_000));
  laptop = await startOnLaptop({ PORT: environment.PORT });
});
afterAll(async () => {
  await laptop.end();
  rmSync(folder, { recursive: true });
});

const runImport = (...given: readonly string[]) => run("import", given, environment);

interface SandboxPerson {
  readonly userId: string;
  readonly externalId?: string;
  readonly name?: string;
  readonly status?: string;
}
const sandbox = async <Answer>(asked: string, body?: unknown): Promise<Answer> => {
  const method = body === undefined ? "GET" : "POST";
  const request = body === undefined ? {} : { body: JSON.stringify(body) };
  return (await fetch(`${laptop.authing}/__sandbox/${asked}`, { method, ...request })).json() as Answer;
};
const people = async (prefix: string) =>
  (await sandbox<readonly SandboxPerson[]>("people")).filter(({ externalId }) =>
    externalId?.startsWith(prefix),
  );

/** A file of people whose ids begin with the prefix; every fiftieth has an address that is none. */
function peopleFile(name: string, prefix: string, count: number): string {
  const lines = Array.from({ length: count }, (_, index) =>
    JSON.stringify({
      工号: `${prefix}${index}`,
      姓名: `张${index}`,
      email: index % 50 === 7 ? "no address" : `${prefix}${index}@example.com`,
    }),
  );
  writeFileSync(join(folder, name), `${lines.join("\n")}\n`);
  return name;
}

const summaryOf = (name: string) =>
  JSON.parse(readFileSync(join(folder, `${name}.results/summary.json`), "utf8")) as Record<string, unknown>;

describe("npm run import", () => {
  it("tells with --plan what would be done, and changes nothing at Authing", async () => {
    const name = peopleFile("planned.ndjson", "planned-", 20);
    const ran = await runImport(name, "--sandbox", "--plan");
    expect(ran.out).toContain("19  people would be created");
    expect(ran.out).toContain("1  email: email-invalid");
    expect(ran.out).toContain("The value is no e-mail address");
    expect(ran.out).toContain("externalId ← 工号");
    expect(ran.out).toContain("line 1  accepted: externalId planned-0, email planned-0@example.com");
    expect(ran.out).toContain("line 8  rejected email-invalid");
    expect(ran.status).toBe(1);
    expect(await people("planned-")).toEqual([]);
    const requests = await sandbox<readonly { operation: string }[]>("requests");
    expect(requests.filter(({ operation }) => operation === "create-users-batch")).toEqual([]);
    expect(readdirSync(join(folder, `${name}.results`)).toSorted()).toEqual([
      "accepted.ndjson",
      "rejected.ndjson",
      "report.html",
      "sample.json",
      "summary.json",
    ]);
    expect(summaryOf(name)).toMatchObject({ state: "previewed", accepted: 19, rejected: 1 });
  });

  it("asks before it changes anything: without a terminal, and without --yes, it changes nothing", async () => {
    const ran = await runImport(peopleFile("asked.ndjson", "asked-", 3), "--sandbox");
    expect(ran.error).toContain("Create 3 people at http://localhost:");
    expect(ran.error).toContain("--yes");
    expect(ran.status).toBe(2);
    expect(await people("asked-")).toEqual([]);
  });

  it("imports with --yes, and finds nothing left to import the next time", async () => {
    const name = peopleFile("imported.ndjson", "imported-", 5);
    const ran = await runImport(name, "--sandbox", "--yes");
    expect(ran.out).toContain("5  people were created");
    expect(ran.status).toBe(0);
    expect((await people("imported-")).map((person) => person.name)).toContain("张4");
    expect(summaryOf(name)).toMatchObject({ state: "finished", accepted: 5 });
    const again = await runImport(name, "--sandbox", "--yes");
    expect(again.out).toContain("5  accounts exist and are the same");
    expect(again.out).toContain("Nothing is left to import.");
    expect(again.status).toBe(0);
  });

  it("carries a plan out once, and not when the file has changed since", async () => {
    const name = peopleFile("applied.ndjson", "applied-", 4);
    const planned = await runImport(name, "--sandbox", "--plan");
    const [, line = ""] = /npm run import -- (.*)/.exec(planned.out) ?? [];
    const text = readFileSync(join(folder, name));
    writeFileSync(join(folder, name), "{}\n");
    const changed = await runImport(...line.split(" "));
    expect(changed.error).toContain("file-changed-since-preview");
    expect(changed.status).toBe(1);
    expect(await people("applied-")).toEqual([]);
    writeFileSync(join(folder, name), text);
    const applied = await runImport(...line.split(" "));
    expect(applied.out).toContain("4  people were created");
    expect(applied.status).toBe(0);
    const again = await runImport(...line.split(" "));
    expect(again.out).toBe(applied.out);
    expect(await people("applied-")).toHaveLength(4);
  });

  it.each(["SIGKILL", "SIGINT"] as const)("goes on where a process was ended with %s", async (signal) => {
    const prefix = `${signal.toLowerCase()}-`;
    // More than are in flight at the same time.
    const name = peopleFile(`${signal}.ndjson`, prefix, 1200);
    const slow = { on: "create-users-batch", fault: { kind: "slow", milliseconds: 300 } };
    await sandbox(
      "faults",
      Array.from({ length: 18 }, () => slow),
    );
    const child = spawn(process.execPath, ["infra/commands/import.ts", name, "--sandbox", "--yes"], {
      cwd: join(import.meta.dirname, "../.."),
      env: { ...process.env, ...environment },
      stdio: "ignore",
    });
    await expect.poll(async () => (await people(prefix)).length, { timeout: 30_000 }).toBeGreaterThan(0);
    child.kill(signal);
    await once(child, "exit");
    const before = (await people(prefix)).length;
    expect(before).toBeLessThan(1176);
    const ran = await runImport(name, "--sandbox", "--yes");
    expect(ran.error).toContain("the import of this file has begun: it goes on");
    expect(ran.out).toContain("24  people are rejected");
    expect(await people(prefix)).toHaveLength(1176);
    const { accepted, alreadyDone } = summaryOf(name) as { accepted: number; alreadyDone: number };
    expect([accepted, alreadyDone]).toEqual([1176, 0]);
  });

  it("imports TOTP secrets, keeps the operator's file and no copy of it", async () => {
    await runImport(peopleFile("owners.ndjson", "owner-", 1), "--sandbox", "--yes");
    const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    const line = JSON.stringify({ externalId: "owner-0", secret });
    writeFileSync(join(folder, "otp.ndjson"), `${line}\n`);
    const ran = await runImport("otp.ndjson", "--kind", "otp", "--sandbox", "--yes");
    expect(ran.out).toContain("1  TOTP secrets were set");
    expect(ran.status).toBe(0);
    expect(readFileSync(join(folder, "otp.ndjson"), "utf8")).toBe(`${line}\n`);
    const left = readdirSync(environment.INBOUND_STORE, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .filter((entry) => readFileSync(join(entry.parentPath, entry.name)).includes(secret));
    expect(left).toEqual([]);
  });

  it("does nothing without an access key, and refuses what it does not understand", async () => {
    peopleFile("refused.ndjson", "refused-", 1);
    const refused = async (...given: readonly string[]) => {
      const { status, out, error } = await runImport(...given);
      expect(out).toBe("");
      expect(error).not.toMatch(/^ +at /m);
      return { status, error };
    };
    expect(await refused("refused.ndjson")).toMatchObject({
      status: 1,
      error: expect.stringContaining("access-key-missing"),
    });
    expect(await refused("refused.ndjson", "--sandbox", "--source", "oktaa")).toMatchObject({
      status: 2,
      error: expect.stringContaining("okta"),
    });
    expect(await refused("refused.ndjson", "--sandbox", "--source", "okta", "--kind", "otp")).toMatchObject({
      status: 2,
    });
    expect(await refused("refused.ndjson", "--stage", "prod")).toMatchObject({
      status: 2,
      error: expect.stringContaining("--key-of"),
    });
    expect(await refused("nowhere.ndjson", "--sandbox")).toMatchObject({
      status: 1,
      error: expect.stringContaining("file-missing"),
    });
    expect(await refused("apply", "nothing-000000000000", "--sandbox")).toMatchObject({
      status: 1,
      error: expect.stringContaining("preview-unknown"),
    });
    expect(existsSync(join(folder, "nowhere.ndjson.results"))).toBe(false);
  });

  it("has a running stack carry out the preview of a file that was uploaded there", async () => {
    const body = `${JSON.stringify({ externalId: "uploaded-1", email: "uploaded-1@example.com" })}\n`;
    const at = `${laptop.url}/uploads/plan/users/uploaded.ndjson`;
    const { import: preview, results } = (await (await fetch(at, { method: "PUT", body })).json()) as {
      import: string;
      results: string;
    };
    await expect.poll(async () => (await fetch(results)).status, { timeout: 20_000 }).toBe(200);
    expect(await people("uploaded-")).toEqual([]);
    const ran = await runImport("apply", preview, "--url", laptop.url);
    expect(ran.out).toContain("1  people were created");
    expect(ran.status).toBe(0);
    expect(await people("uploaded-")).toHaveLength(1);
    const unknown = await runImport("apply", "nothing-000000000000", "--url", laptop.url);
    expect(unknown.error).toContain("preview-unknown");
    expect(unknown.status).toBe(1);
  });

  it("takes an import back after its plan was shown, on this machine and where a stack has imported it", async () => {
    const statuses = async (prefix: string) => (await people(prefix)).map(({ status }) => status);
    const name = peopleFile("undone.ndjson", "undone-", 3);
    const [, id = ""] = /^import (\S+):/m.exec((await runImport(name, "--sandbox", "--yes")).out) ?? [];
    const planned = await runImport("undo", id, "preview", "--sandbox");
    expect(planned.out).toContain("3  accounts would be resigned");
    const asked = await runImport("undo", id, "apply", "--sandbox");
    expect(asked.error).toContain("Resign 3 accounts at http://localhost:");
    expect(asked.status).toBe(2);
    expect(await statuses("undone-")).toEqual(["Activated", "Activated", "Activated"]);
    const undone = await runImport("undo", id, "apply", "--sandbox", "--yes");
    expect(undone.out).toContain("3  accounts were resigned");
    expect(undone.status).toBe(0);
    expect(await statuses("undone-")).toEqual(["Resigned", "Resigned", "Resigned"]);
    const lines = readFileSync(join(folder, `${name}.results/undo.ndjson`), "utf8");
    expect(lines.trimEnd().split("\n")).toHaveLength(3);
    const deleted = await runImport("undo", id, "apply", "--delete", "--sandbox", "--yes");
    expect(deleted.out).toContain("3  accounts were deleted");
    expect(await people("undone-")).toEqual([]);

    const body = `${JSON.stringify({ externalId: "taken-1", email: "taken-1@example.com" })}\n`;
    const at = `${laptop.url}/uploads/incoming/users/taken.ndjson`;
    const put = (await (await fetch(at, { method: "PUT", body })).json()) as {
      import: string;
      results: string;
    };
    await expect.poll(async () => (await fetch(put.results)).status, { timeout: 20_000 }).toBe(200);
    const there = await runImport("undo", put.import, "apply", "--yes", "--url", laptop.url);
    expect(there.out).toContain("1  accounts were resigned");
    expect(await statuses("taken-")).toEqual(["Resigned"]);
    const unknown = await runImport("undo", "nothing-000000000000", "preview", "--sandbox");
    expect(unknown.error).toContain("import-unknown");
    expect(unknown.status).toBe(1);
  });

  it("tells a file that cannot be read, and why", async () => {
    writeFileSync(join(folder, "unread.ndjson"), Buffer.from([0x7b, 0xff, 0xfe, 0x0a]));
    const ran = await runImport("unread.ndjson", "--sandbox", "--yes");
    expect(ran.out).toContain("The file cannot be read");
    expect(ran.status).toBe(1);
  });
});
