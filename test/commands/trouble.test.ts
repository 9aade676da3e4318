import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { serve } from "#infra/local/server.ts";
import { run, untilTheTestEnds } from "./real-command.ts";

// What goes wrong with AWS, with ports and with settings: each command says in one line what to change, and ends with status 1.

const folder = mkdtempSync(join(tmpdir(), "trouble-"));
afterAll(() => rmSync(folder, { recursive: true }));
const empty = join(folder, "empty");
writeFileSync(empty, "");

/** A machine without credentials, with none of the settings of this machine. */
const bare = {
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_CONFIG_FILE: empty,
  AWS_SHARED_CREDENTIALS_FILE: empty,
  AWS_PROFILE: "",
  AWS_ACCESS_KEY_ID: "",
  AWS_SECRET_ACCESS_KEY: "",
  AWS_SESSION_TOKEN: "",
  AWS_REGION: "cn-north-1",
};
const key = { ...bare, AWS_ACCESS_KEY_ID: "AKIAINVENTED", AWS_SECRET_ACCESS_KEY: "invented" };

/** An endpoint of AWS that answers every request with this error, as the services that speak the Query protocol do. */
async function refusingAws(status: number, code: string, message: string) {
  const body = `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;
  const server = await serve(
    0,
    () => 100_000,
    async () => ({ status, headers: { "content-type": "text/xml" }, body }),
  );
  return `http://127.0.0.1:${await untilTheTestEnds(server)}`;
}

/** Commands that ask a stage, and where each of them says what is wrong. */
const commands: [command: string, given: string[], where: "out" | "error"][] = [
  ["doctor", ["--stage", "prod"], "out"],
  ["enrol", ["okta", "--stage", "prod"], "error"],
  ["explain", ["10010", "--stage", "prod"], "error"],
  ["parked", ["list", "--stage", "prod"], "error"],
  ["refused", ["--stage", "prod"], "error"],
  ["notices", ["test", "--stage", "prod"], "error"],
];

describe.each(commands)("npm run %s about a stage", (command, given, where) => {
  /** The one line that says what is wrong: of the doctor a finding. */
  async function lineOf(environment: Record<string, string>, more: readonly string[] = []): Promise<string> {
    const ran = await run(command, [...given, ...more], environment);
    const lines = ran[where].split("\n").filter((line) => line !== "" && !/^\d+ wrong/.test(line));
    const problems = lines.filter((line) => !line.startsWith("✓"));
    expect(ran.status).toBe(1);
    expect(problems).toHaveLength(1);
    expect(ran.out + ran.error).not.toMatch(/^ +at /m);
    return problems[0] ?? "";
  }

  it("without credentials", async () => {
    expect(await lineOf(bare)).toMatch(/aws-credentials-missing.*AWS_PROFILE=….*aws sso login/);
    expect(await lineOf({ ...bare, AWS_PROFILE: "missing" })).toMatch(
      /aws-credentials-missing.*AWS_PROFILE=…/,
    );
  });

  it("with credentials that have expired", async () => {
    const endpoint = await refusingAws(
      403,
      "ExpiredToken",
      "The security token included in the request is expired",
    );
    expect(await lineOf({ ...key, AWS_ENDPOINT_URL: endpoint })).toMatch(
      /aws-credentials-refused.*aws sso login \(AWS says ExpiredToken\)/,
    );
  });

  it("without a network", async () => {
    expect(await lineOf({ ...key, AWS_ENDPOINT_URL: "http://127.0.0.1:1" })).toMatch(
      /aws-does-not-answer.*network.*AWS_ENDPOINT_URL.*cn-north-1 \(ECONNREFUSED\)/,
    );
  });

  it("in a region that does not exist", async () => {
    // The same as without a network, for a name that no server of names has.
    expect(await lineOf(key, ["--region", "nowhere-1"])).toMatch(/aws-does-not-answer.*nowhere-1/);
  });
});

it("npm run enrol names the stack of a stage that does not exist, and the region", async () => {
  const message = "Stack with id authing-inbound-prd does not exist";
  const endpoint = await refusingAws(400, "ValidationError", message);
  const { status, out, error } = await run("enrol", ["okta", "--stage", "prd"], {
    ...key,
    AWS_ENDPOINT_URL: endpoint,
  });
  expect({ status, out }).toEqual({ status: 1, out: "" });
  expect(error).toMatch(
    /^misconfigured: stack-missing; at authing-inbound-prd; there is none in cn-north-1: .*--region.*deploy it\n$/,
  );
});

/** A port that this test has taken, behind which the next one, for the sandbox, is free. */
async function takenPort(): Promise<number> {
  for (;;) {
    const listen = (port: number) =>
      serve(
        port,
        () => 0,
        async () => ({ status: 200 }),
      );
    const taken = await untilTheTestEnds(await listen(0));
    const next = await listen(taken + 1).catch(() => undefined);
    if (!next) continue;
    await next.close();
    return taken;
  }
}

describe("npm start", () => {
  it("whose port is in use says which, and how to choose another", async () => {
    const taken = await takenPort();
    const own = await run("start", ["--once"], { PORT: String(taken) });
    expect({ status: own.status, out: own.out }).toEqual({ status: 1, out: "" });
    expect(own.error).toMatch(new RegExp(`^port ${taken} is in use: .*PORT=\\d+ npm start\\n$`));

    const before = taken - 1;
    const sandbox = await run("start", ["--once"], { PORT: String(before) });
    expect(sandbox.status).toBe(1);
    expect(sandbox.error).toMatch(
      /^port \d+(, which the sandbox needs \(PORT \+ 1\),)? is in use: [^\n]*\n$/,
    );
  });

  it.each([
    [{ PORT: "abc" }, /^PORT must be a number up to 65534, e\.g\. PORT=4000\n$/],
    [{ AUTHING_HOST: "https://a.example/" }, /^AUTHING_HOST must be https:\/\/host without a slash[^\n]*\n$/],
    [
      { INBOUND_SECRETS: join(folder, "nothing.json") },
      /^misconfigured: secrets-file-missing; [^\n]*INBOUND_SECRETS[^\n]*\n$/,
    ],
    [{ INBOUND_SECRETS: empty }, /^misconfigured: secrets-file-malformed; [^\n]*\n$/],
  ])("with %o says what to write", async (environment, line) => {
    const { status, error } = await run("start", ["--once"], { PORT: "0", ...environment } as Record<
      string,
      string
    >);
    expect(status).toBe(1);
    expect(error).toMatch(line);
  });
});
