import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { defineConfig } from "#lib/config.ts";
import { alarms, digest } from "#lib/handlers/notices.ts";
import { alarmPorts, digestPorts } from "#lib/wiring/function-ports.ts";
import { serve, type LocalServer } from "#infra/local/server.ts";
import { startChats, type Chats } from "../notices/chats.ts";
import { createBucket, createLedgerTable, createSecret, putSecret } from "./resources.ts";
import { createStack } from "./stage.ts";

// npm run notices against a deployed stage: the real SDK asks moto, which has the stack and the secret. A server of this machine runs
// the two functions with their own ports, in place of Lambda.

const service = "authing-inbound";
const config = defineConfig({ notices: { language: "zh" }, sources: { clerk: {}, feishu: {} } });

let stage: string;
let chats: Chats;
let lambda: LocalServer;
beforeEach(async () => {
  stage = `notices-${randomUUID().slice(0, 8)}`;
  const names = { alarm: `${service}-${stage}-notices-alarm`, digest: `${service}-${stage}-notices-digest` };
  chats = await startChats(Date.now);
  await createSecret(`${service}/${stage}/notices`);
  await createStack(stage, {
    NoticesAlarmFunctionName: names.alarm,
    NoticesDigestFunctionName: names.digest,
  });
  vi.stubEnv("SERVICE", service);
  vi.stubEnv("STAGE", stage);
  vi.stubEnv("REGION", "us-east-1");
  vi.stubEnv("BUCKET", await createBucket());
  vi.stubEnv("TABLE", await createLedgerTable());
  const functions: Readonly<Record<string, (event: never, context: never) => Promise<unknown>>> = {
    [names.alarm]: alarms(() => alarmPorts(config)),
    [names.digest]: digest(() => digestPorts(config)),
  };
  lambda = await serve(
    0,
    () => 1024 * 1024,
    async ({ url, body }) => {
      const [, name = ""] = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(url.pathname) ?? [];
      const context = { awsRequestId: "request-1", getRemainingTimeInMillis: () => 60_000 };
      const answer = await functions[name]?.(JSON.parse(body.toString()) as never, context as never);
      return answer === undefined ? { status: 404 } : { status: 200, body: answer };
    },
  );
  return async () => {
    await lambda.close();
    await chats.close();
  };
});
afterEach(() => vi.unstubAllEnvs());

function run(...given: string[]): Promise<{ status: number; out: string; error: string }> {
  const env = { ...process.env, AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${lambda.port}` };
  return new Promise((resolve) => {
    execFile(process.execPath, ["infra/commands/notices.ts", ...given], { env }, (failure, out, error) =>
      resolve({ status: Number(failure?.code ?? 0), out, error }),
    );
  });
}
const put = (secret: object) => putSecret(`${service}/${stage}/notices`, JSON.stringify(secret));

describe("npm run notices", () => {
  it("test sends a test to every bot and says what became of it", async () => {
    await put({ ...chats.secret, dingtalk: { ...chats.secret.dingtalk, secret: "SECanother" } });
    expect(await run("test", "--stage", stage)).toEqual({
      status: 1,
      out: [
        "✓ feishu: told",
        "✗ dingtalk: bot-refused (310000) → the signature is wrong: copy the text that begins with SEC into the secret notices again",
        "✓ wecom: told",
        "✓ slack: told\n",
      ].join("\n"),
      error: "",
    });
    expect(chats.shown.wecom[0]).toContain("测试：本机器人将接收告警和每日简报");
    expect(chats.shown.wecom[0]).toContain(`npm run doctor -- --stage ${stage} --region us-east-1`);
    await put({ slack: chats.secret.slack });
    // A function reads a secret anew once in five seconds.
    await vi.waitFor(async () => expect(await run("test", "--stage", stage)).toMatchObject({ status: 0 }), {
      timeout: 20_000,
    });
  }, 60_000);

  it("test says where bots go as long as there is none", async () => {
    expect(await run("test", "--stage", stage)).toEqual({
      status: 1,
      out: "",
      error: `no bot: put where it is into the secret ${service}/${stage}/notices, as docs/notices.md shows\n`,
    });
  });

  it("digest prints the last day and sends it to no bot", async () => {
    await put(chats.secret);
    const { status, out } = await run("digest", "--stage", stage);
    expect(status).toBe(0);
    expect(out).toContain(`📋 每日简报 (${service} ${stage})`);
    expect(out).toContain("【clerk】\n收到：没有推送\n当前搁置：无\n最近一次推送：14 天内没有\n\n【feishu】");
    expect(Object.values(chats.asked)).toEqual([0, 0, 0, 0]);
  });

  it.each([[[]], [["test"]], [["send", "--stage", "prod"]], [["test", "digest", "--stage", "prod"]]])(
    "shows its usage for %j",
    async (given) => {
      expect(await run(...given)).toMatchObject({
        status: 2,
        error: /^npm run notices -- test\|digest/ as never,
      });
    },
  );
});
