import { onTestFinished, describe, expect, it } from "vitest";
import { defineConfig } from "#lib/config.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { Source } from "#lib/contract/source.ts";
import bamboohr from "#lib/sources/bamboohr/index.ts";
import { startSandbox, type Fault } from "#infra/sandbox/sandbox.ts";
import { serve, type Answer, type LocalRequest } from "#infra/local/server.ts";
import { checkAuthing } from "#infra/stage/authing.ts";
import { examine } from "#infra/stage/checks.ts";
import { lineOf } from "#infra/stage/finding.ts";
import type { Stage } from "#infra/stage/stage.ts";
import { checkWebhook } from "#infra/stage/webhook.ts";
import { createAuthingClient } from "#lib/authing/client.ts";

// The doctor's findings when AWS, Authing or a webhook fails. test/aws/doctor.moto.ts uses the real SDK.

const key = { accessKeyId: "63f0a1b2c3d4e5f607182930", accessKeySecret: "invented-access-key-secret" };
const privateKey = "8f1d0c6b5a4e39271d0f6e5c4b3a2918";

/** A stage without problems and without traffic, except for what a test changes. */
function stageWith(changed: Partial<Stage>, outputs: Record<string, string> = {}): Stage {
  return {
    region: "cn-north-1",
    whoAmI: async () => "arn:aws-cn:sts::123456789012:assumed-role/operator/zhang",
    stack: async () => ({
      status: "UPDATE_COMPLETE",
      outputs: {
        EventsQueueUrl: "https://sqs.example/events",
        DeadEventsQueueUrl: "https://sqs.example/dead-events",
        UploadsQueueUrl: "https://sqs.example/uploads",
        DeadUploadsQueueUrl: "https://sqs.example/dead-uploads",
        ChunksQueueUrl: "https://sqs.example/chunks",
        DeadChunksQueueUrl: "https://sqs.example/dead-chunks",
        AlarmsTopicArn: "arn:aws-cn:sns:cn-north-1:123456789012:alarms",
        OperationsFunctionName: "operations-run",
        ...outputs,
      },
    }),
    secret: async () => ({ current: { privateKey } }),
    queue: async (url) => ({ arn: `arn:${url}`, waiting: 0, inFlight: 0 }),
    lastDeliveries: async () => new Map(),
    alarms: async () => [],
    subscribers: async () => ({ confirmed: 1, pending: 0 }),
    invoke: async () => ({ rows: [] }),
    ...changed,
  };
}

async function linesOf(
  aws: Stage,
  sources: Readonly<Record<string, object>> = {},
  stage = "prod",
): Promise<string[]> {
  const config = defineConfig({ sources: sources as never });
  const definitions = new Map(Object.keys(sources).map((name) => [name, bamboohr as unknown as Source]));
  const findings = await Array.fromAsync(examine({ config, sources: definitions, stage }, aws));
  return findings.map(lineOf);
}

describe("a stage", () => {
  it("is not checked without credentials", async () => {
    const expired = async () => {
      throw new InboundError("misconfigured", "aws-refuses", { hint: "AWS says ExpiredToken" });
    };
    expect(await linesOf(stageWith({ whoAmI: expired }))).toEqual([
      "✗ AWS: no credentials that work (AWS says ExpiredToken) → name a profile with AWS_PROFILE=…, and log in where it needs that: aws sso login",
    ]);
  });

  it.each([
    ["CREATE_IN_PROGRESS", /^✗ .*CREATE_IN_PROGRESS → run this again when it is done$/, 2],
    ["ROLLBACK_COMPLETE", /^✗ .*→ aws cloudformation describe-stack-events .*, then npm run deploy/, 2],
    ["UPDATE_IN_PROGRESS", /^! .*→ run this again when it is done$/, 16],
    [
      "UPDATE_ROLLBACK_COMPLETE",
      /^! .*the last deployment failed, and the one before it is still running → aws cloudformation/,
      16,
    ],
    ["UPDATE_ROLLBACK_FAILED", /^✗ .*→ aws cloudformation/, 16],
  ])("that is in %s is reported so, and checked as far as it has resources", async (status, line, count) => {
    const { outputs = {} } = (await stageWith({}).stack("")) ?? {};
    const lines = await linesOf(stageWith({ stack: async () => ({ status, outputs }) }));
    expect(lines[1]).toMatch(line);
    expect(lines).toHaveLength(count);
  });

  it("lacks a source that was switched on after the deployment, and still has one that was switched off", async () => {
    const lines = await linesOf(stageWith({}, { OktaWebhookUrl: "https://webhooks.example/okta" }), {
      bamboohr: {},
    });
    expect(lines).toContain(
      "✗ source bamboohr: is switched on in inbound.config.ts and not deployed → npm run deploy -- --stage prod --region cn-north-1",
    );
    expect(lines.join("\n")).toContain(
      "! output OktaWebhookUrl: is of a source that inbound.config.ts does not have",
    );
  });

  it("that was deployed by an older version lacks outputs, and everything else is checked", async () => {
    const lines = await linesOf(stageWith({}, { OperationsFunctionName: undefined as never }));
    expect(lines).toContain(
      "✗ dead letters: output-missing (OperationsFunctionName) → deploy the stage again",
    );
    expect(lines).toContain("✓ queue of uploads: 0 wait, 0 are worked on");
  });

  it("whose credentials lack a right: the finding names the right, and the checks go on", async () => {
    const refused = async () => {
      throw new InboundError("misconfigured", "aws-refuses", {
        path: "sqs:GetQueueAttributes",
        hint: "AWS says AccessDenied",
      });
    };
    const lines = await linesOf(stageWith({ queue: refused }));
    expect(lines).toContain(
      "✗ queue of events: aws-refuses (sqs:GetQueueAttributes: AWS says AccessDenied) → let these credentials do sqs:GetQueueAttributes",
    );
    expect(lines).toContain("✓ alarms: 1 subscribed");
  });

  it("with a failing function, an unconfirmed subscription and many dead letters gives a finding for each", async () => {
    const result = { source: "clerk", since: "2026-03-01T00:00:00.000Z" };
    const counted = { kind: "dead", source: "clerk", reason: "translation-failed", count: 5000 };
    const lines = await linesOf(
      stageWith({
        subscribers: async () => ({ confirmed: 0, pending: 1 }),
        async invoke(_, request) {
          if (kindIn(request) === "dead")
            return { rows: [result], totals: [counted], all: [{ ...counted, count: 7000 }] };
          throw new InboundError("unavailable", "function-failed", {
            path: "operations-run",
            hint: "Task timed out",
          });
        },
      }),
    );
    expect(lines).toContain(
      "! alarms: 1 subscribed, none has confirmed it → follow the link in the message of AWS",
    );
    expect(lines.join("\n")).toContain(
      "! dead letters: 7000, the oldest since 2026-03-01T00:00:00.000Z (clerk translation-failed: 5000)",
    );
    expect(lines).toContain(
      "✗ held events: function-failed (operations-run: Task timed out) → look at the log of this function",
    );
  });

  it("with waiting events gives their reasons, and asks for no action where they wait for a date", async () => {
    const waitingFor = (reason: string, count: number) => [
      { kind: "waiting", source: "clerk", reason, count },
    ];
    const rows = [{ source: "clerk", since: "2026-03-01T00:00:00.000Z" }];
    const linesFor = (totals: readonly object[]) =>
      linesOf(
        stageWith({
          invoke: async (_, request) => (kindIn(request) === "waiting" ? { rows, totals } : { rows: [] }),
        }),
      );
    expect(await linesFor(waitingFor("date-ahead", 3))).toContain(
      "✓ waiting events: 3, the oldest since 2026-03-01T00:00:00.000Z (clerk date-ahead: 3)",
    );
    const mixed = [...waitingFor("date-ahead", 1), ...waitingFor("source-paused", 2)];
    expect(await linesFor(mixed)).toContain(
      "! waiting events: 3, the oldest since 2026-03-01T00:00:00.000Z (clerk date-ahead: 1, clerk source-paused: 2) → npm run parked -- list waiting --stage prod --region cn-north-1",
    );
  });

  it("may let a file wait longer than an event", async () => {
    const busy = async (url: string) => ({ arn: `arn:${url}`, waiting: 0, inFlight: 0, oldestSeconds: 7000 });
    const lines = await linesOf(stageWith({ queue: busy }));
    expect(lines).toContain("✓ queue of uploads: 0 wait, 0 are worked on, the oldest for 117 min");
    expect(lines.join("\n")).toMatch(/✗ queue of events: .* → see why: aws logs tail \S+-events-apply/);
  });
});

const kindIn = (request: object) => (request as { kinds?: readonly string[] }).kinds?.[0];

describe("a webhook", () => {
  const secret = { privateKey };
  const log = "aws logs tail it";

  /** The doctor's finding about a webhook that answers like this. */
  async function check(
    answer: (request: LocalRequest) => Answer,
    source: object = bamboohr,
    by: object | undefined = secret,
  ): Promise<string> {
    const server = await serve(
      0,
      () => 1e6,
      async (request) => answer(request),
    );
    onTestFinished(() => server.close());
    const deployed = { url: `http://127.0.0.1:${server.port}/webhooks/bamboohr`, secret: by, log };
    return lineOf((await checkWebhook(source as Source<unknown>, deployed)).finding);
  }
  const isSigned = ({ headers }: LocalRequest) => headers["x-bamboohr-signature"] !== undefined;

  it.each([
    [
      404,
      /^✗ webhook bamboohr: answers 404 in \d+ ms to what has no proof, in place of 401 → the route is missing: deploy again$/,
    ],
    [403, /→ API Gateway itself refuses it: in China the account needs an ICP filing for this region/],
    [429, /→ requests exceed the stage's rate limit: run this again$/],
    [503, /→ it cannot read its secret or cannot reach its queue: aws logs tail it$/],
    [200, /^✗ .*answers 200 .*in place of 401 → aws logs tail it$/],
  ])("that answers %i to what has no proof is wrong", async (status, line) => {
    expect(await check(() => ({ status }))).toMatch(line);
  });

  it.each([
    [
      401,
      /^✗ webhook bamboohr: answers 401 in \d+ ms to what is signed with its secret → run this again in ten seconds/,
    ],
    [503, /^✗ .*→ it cannot read its secret or cannot reach its queue: aws logs tail it$/],
    [302, /^✗ .*answers 302 /],
  ])("that answers %i to what is signed is wrong", async (status, line) => {
    const headers = { location: "/elsewhere" };
    expect(await check((request) => ({ status: isSigned(request) ? status : 401, headers }))).toMatch(line);
  });

  it("gets a ping that is signed by its own clock", async () => {
    const tomorrow = Date.now() + 86_400_000;
    let signedAt = 0;
    const server = await serve(
      0,
      () => 1e6,
      async ({ headers }) => {
        signedAt = Number(headers["x-bamboohr-timestamp"] ?? 0) * 1000;
        return { status: signedAt > 0 ? 202 : 401, headers: { date: new Date(tomorrow).toUTCString() } };
      },
    );
    onTestFinished(() => server.close());
    const url = `http://127.0.0.1:${server.port}`;
    const checked = await checkWebhook(bamboohr, { url, secret, log });
    expect(checked.finding.state).toBe("fine");
    expect(Math.abs(signedAt - tomorrow)).toBeLessThan(5000);
    expect(checked.clockAheadSeconds).toBeLessThan(-86_000);
    const lines = await linesOf(stageWith({}, { BamboohrWebhookUrl: url }), { bamboohr: {} });
    expect(lines.at(-1)).toMatch(
      /^! clock: this machine's is \d+ s behind AWS's → set it; the functions have AWS's$/,
    );
  });

  it("of a source without a ping is only checked for its refusal, and the finding says so", async () => {
    const { ping: _, ...source } = bamboohr;
    expect(await check(() => ({ status: 401 }), source)).toMatch(
      /^! webhook bamboohr: refuses .*; the source has no ping, a delivery of BambooHR that is about no person → let it send a test, or give the source a ping/,
    );
  });

  it("gets no signed delivery where its secret cannot sign", async () => {
    expect(await check(() => ({ status: 401 }), bamboohr, { privateKey: "" })).toMatch(
      /^✗ webhook bamboohr: nothing can be signed with its secret \(secret-empty\) → compare the secret with what BambooHR shows$/,
    );
    const strange = {
      ...bamboohr,
      proof: { ...bamboohr.proof, sign: () => JSON.parse(privateKey) as never },
    };
    expect(await check(() => ({ status: 401 }), strange)).toMatch(/^✗ .* \(sign-failed\) → compare/);
    const without = await serve(
      0,
      () => 1e6,
      async () => ({ status: 401 }),
    );
    onTestFinished(() => without.close());
    const { finding } = await checkWebhook(bamboohr, {
      url: `http://127.0.0.1:${without.port}`,
      secret: undefined,
      log,
    });
    expect(lineOf(finding)).toMatch(/^! .*nothing signed was tried → put its secret first: see above/);
  });

  it("that no server answers for is reported with its address", async () => {
    const { finding } = await checkWebhook(bamboohr, {
      url: "http://127.0.0.1:1/webhooks/bamboohr",
      secret,
      log,
    });
    expect(lineOf(finding)).toMatch(
      /^✗ webhook bamboohr: no server answers at http:\/\/127\.0\.0\.1:1\/webhooks\/bamboohr/,
    );
  });
});

describe("Authing", () => {
  async function check(fault?: Fault) {
    const sandbox = await startSandbox({ accessKeys: [key] });
    onTestFinished(() => sandbox.close());
    if (fault) sandbox.script([{ on: "get-user", fault }]);
    const client = createAuthingClient({ host: sandbox.url, credentials: async () => key });
    onTestFinished(() => client.close());
    return lineOf(await checkAuthing(client, "https://api.authing.cn"));
  }

  it("is fine when it answers the look-up of a user who does not exist", async () => {
    expect(await check()).toMatch(
      /^✓ Authing: https:\/\/api\.authing\.cn takes the access key, and answered a look-up in \d+ ms$/,
    );
  });

  it("is to be asked again when its rate limit is reached", async () => {
    expect(await check({ kind: "http-429" })).toMatch(
      /^! Authing: .*throttled \(429, request \S+\) → .*run this again in a minute$/,
    );
  });

  it("is wrong where no server answers", async () => {
    const client = createAuthingClient({ host: "http://127.0.0.1:1", credentials: async () => key });
    expect(lineOf(await checkAuthing(client, "http://127.0.0.1:1"))).toMatch(
      /^✗ Authing: .*transient-network → check authing\.host in inbound\.config\.ts/,
    );
  });
});
