import { execFile } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { localLog } from "#infra/local/log.ts";
import { journey } from "./stack.ts";

const root = join(import.meta.dirname, "../..");

/** Runs `npm run refused`. */
async function refused(...given: string[]) {
  return new Promise<{ status: number; out: string; error: string }>((resolve) => {
    execFile(
      process.execPath,
      ["infra/commands/refused.ts", ...given],
      { cwd: root },
      (failure, out, error) => resolve({ status: Number(failure?.code ?? 0), out, error }),
    );
  });
}

const body = { employees: [{ id: "10010", action: "Created", fields: { lastName: { value: "张" } } }] };

describe("a delivery that is refused at the door", () => {
  it("is in npm run refused, with what would have had to differ and nothing that it said", async () => {
    const { stack, send, log } = await journey();
    const at = ["--url", stack.url] as const;
    const none = await refused(...at);
    expect(none).toMatchObject({ status: 0, error: "" });
    expect(none.out).toMatch(/^no delivery was refused since /);

    const isOld = await send("bamboohr", body, undefined, { now: Date.now() - 412_000 });
    const isForged = await send("bamboohr", body, undefined, { secret: { privateKey: "another-key" } });
    const hasNoProof = await send("clerk", body, (request) => ({ headers: {}, body: request.body }));
    expect([isOld, isForged, hasNoProof].map(({ status }) => status)).toEqual([401, 401, 401]);
    const missed = await fetch(`${stack.url}/webhook/clerk?token=a-secret-in-the-query`, { method: "POST" });
    expect(missed.status).toBe(401);

    const listed = await refused(...at);
    expect(listed).toMatchObject({ status: 0, error: "" });
    expect(listed.out).toMatch(/^4 deliveries refused since /);
    for (const said of [
      /^bamboohr +timestamp-stale +1 /m,
      /^bamboohr +proof-mismatch +1 /m,
      /^clerk +proof-missing +1 /m,
      /^\(clerk\?\) +route-unknown +1 /m,
      /header x-bamboohr-timestamp: 4\d\d s in the past; at most 300 s are allowed/,
      /header x-bamboohr-signature: does not fit the secret, which has one version; what has to be signed: \{body\}\{timestamp\}/,
      /looked for: header svix-signature or webhook-signature; it was not there/,
      /the path is no route; \/webhooks\/clerk is one/,
      /came: [\d,]+ bytes of application\/json; headers .*x-bamboohr-signature/,
      /proof-mismatch The signature does not fit the secret that is stored here/,
    ]) {
      // A long line is wrapped.
      expect(listed.out.replaceAll(/\n {2,}/g, " ")).toMatch(said);
    }
    for (const line of listed.out.split("\n")) expect(line.length, line).toBeLessThanOrEqual(100);
    for (const value of ["张", "10010", "a-secret-in-the-query", "another-key", "invented-private-key"]) {
      expect(`${listed.out}${log.join("\n")}`).not.toContain(value);
    }

    // Of one source: its own, and those whose path is nearly its route.
    const ofClerk = await refused("--source", "clerk", "--json", ...at);
    expect(JSON.parse(ofClerk.out)).toMatchObject({
      isComplete: true,
      refusals: [{ nearSource: "clerk" }, { source: "clerk", reason: "proof-missing" }],
    });
  });

  it("is not listed by a line that the command does not understand", async () => {
    for (const given of [["--since", "yesterday"], ["--sorce", "okta"], ["okta"], ["--since", "90d"]]) {
      const { status, out, error } = await refused(...given);
      expect({ status, out }).toEqual({ status: 2, out: "" });
      expect(error).toContain("npm run refused -- ");
    }
  });
});

describe("an unknown route on the laptop", () => {
  it("is logged with the near miss, and without its query", async () => {
    const lines: string[] = [];
    const { stack } = await journey({ log: localLog((line) => lines.push(line)) });
    for (const path of [
      "/webhook/clerk?token=secret",
      "/webhooks/bambohr",
      "/upload/x",
      "/nothing/like/it",
    ]) {
      expect((await fetch(`${stack.url}${path}`, { method: "POST" })).status).toBe(401);
    }
    expect(lines.filter((line) => line.includes("no such route"))).toEqual([
      "warn  POST /webhook/clerk: no such route; did you mean /webhooks/clerk?",
      "warn  POST /webhooks/bambohr: no such route; did you mean /webhooks/bamboohr?",
      "warn  POST /upload/x: no such route; did you mean /uploads?",
      "warn  POST /nothing/like/…: no such route",
    ]);
    expect(lines.join("\n")).not.toContain("token");
  });
});
