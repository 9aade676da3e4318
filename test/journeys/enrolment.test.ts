import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { deployment } from "#infra/aws/deployment.ts";
import { configuredFunctions } from "#infra/aws/bundle.ts";
import { finishEnrolment, laptopDesk } from "#infra/commands/enrolment.ts";
import { postRequest } from "#infra/fixtures/post.ts";
import { readFixture, requestOf } from "#infra/fixtures/cases.ts";
import { localSecrets } from "#infra/local/secret-file.ts";
import { startStack } from "#infra/local/stack.ts";
import type { Enrolment } from "#lib/contract/enrolment.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { Source } from "#lib/contract/source.ts";
import { receive } from "#lib/pipeline/receive.ts";
import { secretReader } from "#lib/pipeline/secret-reader.ts";
import gusto from "#lib/sources/gusto/index.ts";
import { enabledSources } from "#lib/wiring/enabled-sources.ts";
import config from "../contract/doors/doors.config.ts";

// A sender makes the secret itself and posts it first: from that message to the first event that the secret proves.

const name = "brought-secret";
const source = enabledSources(config).get(name) as unknown as Source<unknown>;
const folder = `${import.meta.dirname}/../contract/doors/fixtures/${name}`;
const token = "invented-verification-0001";
const first = (verificationToken: unknown) => JSON.stringify({ verification_token: verificationToken });

async function open(secrets: Readonly<Record<string, unknown>> = {}) {
  const place = mkdtempSync(join(tmpdir(), "enrolment-"));
  const secretsFile = join(place, "secrets.json");
  writeFileSync(
    secretsFile,
    JSON.stringify({ authing: { accessKeyId: "63f0a1", accessKeySecret: "invented" }, ...secrets }),
  );
  const log: string[] = [];
  const line = (message: string, fields?: object) => void log.push(`${message} ${JSON.stringify(fields)}`);
  const stack = await startStack({
    config,
    port: 0,
    loadSecret: localSecrets({ secretsFile, isInvented: false }),
    log: { info: line, warn: line, error: line },
  });
  onTestFinished(async () => {
    await stack.close();
    rmSync(place, { recursive: true });
  });
  const post = async (body: string) =>
    (await fetch(`${stack.url}/webhooks/${name}`, { method: "POST", body })).status;
  const told: string[] = [];
  const desk = laptopDesk(name, {
    url: stack.url,
    secretsFile,
    isInvented: false,
    storeFolder: place,
  });
  const finish = (answer: boolean) =>
    finishEnrolment(source, desk, { tell: (text) => void told.push(text), confirm: async () => answer });
  const secretIn = () =>
    (JSON.parse(readFileSync(secretsFile, "utf8")) as Record<string, unknown>)[`sources/${name}`];
  return { stack, log, post, told, finish, secretIn };
}

describe("a secret that the sender makes", () => {
  it("is kept until the operator says yes, and then proves the first event", async () => {
    const { stack, log, post, told, finish, secretIn } = await open();
    expect(await post(first(token))).toBe(200);
    expect(await finish(false)).toBe(1);
    expect(secretIn()).toBeUndefined();

    expect(await finish(true)).toBe(0);
    expect(secretIn()).toEqual({ verificationToken: token });
    expect(told.at(-1)).toContain("still to be put there: apiToken");
    // The command shows a part of the token, enough to compare it; it never shows the whole.
    expect(told.join("\n")).toContain("verificationToken: …0001 (26 characters)");
    expect(`${told.join("\n")}${log.join("\n")}`).not.toContain(token);
    expect(log).toContain('enrolment kept {"source":"brought-secret","fields":1}');
    expect(await finish(true)).toBe(1);
    expect(told.at(-1)).toContain(`let it send its first message to ${stack.url}/webhooks/${name}`);
  });

  it("is added to the fields that the secret already has, and is refused once the secret is complete", async () => {
    const { stack, post, told, finish, secretIn } = await open({
      [`sources/${name}`]: { apiToken: "invented-api-token-0001" },
    });
    expect(await post(first("invented-verification-0009"))).toBe(200);
    // The sender was asked to post it again: the newest one counts.
    expect(await post(first(token))).toBe(200);
    expect(await finish(true)).toBe(0);
    const secret = { apiToken: "invented-api-token-0001", verificationToken: token };
    expect(secretIn()).toEqual(secret);
    expect(told.at(-1)).toContain("is complete");

    expect(await post(first("invented-verification-0002"))).toBe(401);
    expect(await finish(true)).toBe(1);
    expect(secretIn()).toEqual(secret);

    const joiner = readFixture(name, "person-hired", folder);
    const request = requestOf(source, secret, joiner, { now: Date.now(), id: "msg_1" });
    expect((await postRequest(stack.url, joiner.source, request))?.status).toBe(202);
    await stack.settled();
    expect(stack.sandbox?.users()).toMatchObject([{ externalId: "10010" }]);
  });

  it.each([
    ["no token", "{}"],
    ["an empty token", first("")],
    ["a token that is none", first(7)],
    ["no JSON", "<html>"],
    ["a token that is too long", first("x".repeat(1025))],
    ["a body that is too long", JSON.stringify({ verification_token: token, filler: "x".repeat(16 * 1024) })],
  ])("is not kept where there is %s: the sender has to post it again", async (_, body) => {
    const { post, told, finish, log } = await open();
    expect(await post(body)).toBe(503);
    expect(await finish(true)).toBe(1);
    expect(told).toEqual([expect.stringContaining("nothing of Brought secret is kept")]);
    expect(log.filter((line) => line.startsWith("enrolment"))).toEqual([]);
  });

  it("is kept only for a source whose definition has `enrol`", async () => {
    const { stack } = await open();
    const answer = await fetch(`${stack.url}/webhooks/path-token`, { method: "POST", body: first(token) });
    expect(answer.status).toBe(503);
    const { [name]: _, ...others } = config.sources;
    const roles = (sources: object) =>
      JSON.stringify(
        deployment(
          { ...config, sources: [...enabledSources({ ...config, sources: sources as never }).values()] },
          configuredFunctions({ sources: sources as never }),
        ).resources.Resources,
      );
    expect(roles(config.sources).match(/enrolments\/[^"]*/g)).toEqual([`enrolments/${name}.json`]);
    expect(roles(others)).not.toContain("enrolments");
  });

  it.each([
    ["secret-unreadable", "unavailable"],
    ["secret-not-json", "misconfigured"],
  ] as const)("is not kept when the secret may exist: %s", async (reason, code) => {
    const kept: Enrolment[] = [];
    const quiet = { info() {}, warn() {}, error() {} };
    const body = Buffer.from(first(token));
    const reply = await receive(
      source,
      { method: "POST", headers: {}, rawQuery: "", query: new URLSearchParams(), body, receivedAt: 0 },
      {
        secrets: secretReader(() => Promise.reject(new InboundError(code, reason))),
        events: { send: async () => {} },
        enrolments: { keep: async (each) => void kept.push(each) },
        log: quiet,
      },
    );
    expect(reply.status).toBe(503);
    expect(kept).toEqual([]);
  });

  it("is answered 503 where it cannot be kept, so that the sender posts it again", async () => {
    const log: string[] = [];
    const line = (message: string, fields?: object) => void log.push(`${message} ${JSON.stringify(fields)}`);
    const body = Buffer.from(first(token));
    const reply = await receive(
      source,
      { method: "POST", headers: {}, rawQuery: "", query: new URLSearchParams(), body, receivedAt: 0 },
      {
        secrets: secretReader(() => Promise.reject(new InboundError("misconfigured", "secret-empty-yet"))),
        events: { send: async () => {} },
        enrolments: { keep: () => Promise.reject(new InboundError("unavailable", "bucket-unreachable")) },
        log: { info: line, warn: line, error: line },
      },
    );
    expect(reply).toMatchObject({ status: 503 });
    expect(log).toEqual([expect.stringContaining("bucket-unreachable")]);
  });
});

describe("the first message of Gusto", () => {
  const brings = (body: string) => gusto.enrol?.({ body: Buffer.from(body) } as never);

  it("brings the token and the subscription that it verifies", () => {
    const uuid = "2e2f0000-0000-4000-8000-000000000001";
    expect(brings(JSON.stringify({ verification_token: token, webhook_subscription_uuid: uuid }))).toEqual({
      verificationToken: token,
      webhookSubscriptionUuid: uuid,
    });
    expect(brings(first(token))).toEqual({ verificationToken: token });
  });

  it.each(["{}", "<html>", first(""), first({ a: 1 }), '{"uuid":"1","event_type":"employee.created"}'])(
    "brings nothing in %s",
    (body) => {
      expect(brings(body)).toBeUndefined();
    },
  );
});
