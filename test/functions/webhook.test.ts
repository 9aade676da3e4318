import * as z from "zod/mini";
import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import { describe, expect, it } from "vitest";
import { webhook } from "#lib/handlers/webhook.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { LoadSecret } from "#lib/contract/secrets.ts";
import type { QueuedMessage } from "#lib/contract/queue.ts";
import { secretReader } from "#lib/pipeline/secret-reader.ts";
import clerk from "#lib/sources/clerk/index.ts";
import { readFixture, signDelivery } from "#infra/fixtures/cases.ts";
import functionUrl from "./events/function-url.json" with { type: "json" };
import httpApi from "./events/http-api.json" with { type: "json" };

const secret = { signingSecret: "whsec_aW52ZW50ZWQtc2lnbmluZy1zZWNyZXQtMDAz" };
const fixture = readFixture("clerk", "user-created");
const context = { awsRequestId: "1", getRemainingTimeInMillis: () => 10_000 } as Context;

function receiver(
  options: {
    load?: LoadSecret;
    send?: (messages: readonly QueuedMessage[]) => Promise<void>;
  } = {},
) {
  const queued: QueuedMessage[] = [];
  const log: string[] = [];
  const line = (message: string, fields?: object) => void log.push(`${message} ${JSON.stringify(fields)}`);
  const handler = webhook(clerk, () => ({
    secrets: secretReader(options.load ?? (async () => ({ current: secret }))),
    events: {
      send: options.send ?? (async (messages) => void queued.push(...messages)),
    },
    enrolments: { keep: async () => {} },
    log: { info: line, warn: line, error: line },
  }));
  return { queued, log, receive: (event: APIGatewayProxyEventV2) => handler(event, context) };
}

function delivered(
  event: APIGatewayProxyEventV2,
  change: (headers: Record<string, string>) => Record<string, string> = (headers) => headers,
): APIGatewayProxyEventV2 {
  const { headers, body } = signDelivery(clerk, secret, fixture, { now: Date.now(), id: "msg_1" });
  return {
    ...event,
    headers: change({ ...(event.headers as Record<string, string>), ...headers }),
    body: Buffer.from(body).toString(event.isBase64Encoded ? "base64" : "utf8"),
  };
}

describe("a webhook function", () => {
  for (const [name, event] of Object.entries({
    "API Gateway": httpApi,
    "a Function URL, in Base64": functionUrl,
  })) {
    it(`takes a delivery through ${name}`, async () => {
      const { queued, receive } = receiver();
      expect(await receive(delivered(event))).toEqual({ statusCode: 202 });
      expect(queued).toMatchObject([
        {
          kind: "event",
          source: "clerk",
          event: { id: "msg_1", type: "user.created" },
          reception: { deliveryId: "msg_1" },
        },
      ]);
    });
  }

  it("accepts header names in any letter case", async () => {
    const { receive } = receiver();
    const shouted = delivered(httpApi, (headers) =>
      Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value])),
    );
    expect(await receive(shouted)).toEqual({ statusCode: 202 });
  });

  it("refuses a delivery without a right proof, and does not say why", async () => {
    const { queued, log, receive } = receiver();
    expect(await receive(httpApi)).toEqual({ statusCode: 401 });
    const forged = delivered(httpApi, (headers) => ({ ...headers, "svix-signature": "v1,AAAA" }));
    expect(await receive(forged)).toEqual({ statusCode: 401 });
    expect(queued).toEqual([]);
    expect(log).toEqual([
      expect.stringContaining('"reason":"proof-missing"'),
      expect.stringContaining('"reason":"proof-m'),
    ]);
  });

  it("answers 503 when the queue does not take the event", async () => {
    const { log, receive } = receiver({
      send: () => Promise.reject(new InboundError("unavailable", "queue-unreachable")),
    });
    expect(await receive(delivered(httpApi))).toMatchObject({ statusCode: 503 });
    expect(log).toEqual([expect.stringContaining("queue-unreachable")]);
  });

  it("answers 503 when the secret is missing, has the wrong shape, or cannot be loaded", async () => {
    for (const load of [
      () => Promise.reject(new InboundError("misconfigured", "secret-missing")),
      () => Promise.reject(new InboundError("unavailable", "secret-unreadable")),
      async () => ({ current: { wrong: "shape" } }),
      () => Promise.reject(new Error("an unexpected failure: 张三")),
    ] satisfies LoadSecret[]) {
      const { log, receive } = receiver({ load });
      expect(await receive(delivered(httpApi))).toMatchObject({ statusCode: 503 });
      expect(log.join()).not.toContain("张三");
    }
  });

  it("answers 503 when it cannot even open its ports", async () => {
    const handler = webhook(clerk, () => {
      throw new InboundError("misconfigured", "environment-incomplete");
    });
    expect(await handler(delivered(httpApi), context)).toMatchObject({ statusCode: 503 });
  });

  it("refuses every proof where the secret is empty", async () => {
    const { receive } = receiver({ load: async () => ({ current: { signingSecret: "" } }) });
    expect(await receive(delivered(httpApi))).toEqual({ statusCode: 401 });
  });
});

describe("secrets", () => {
  it("are read once in five minutes, by however many deliveries at once", async () => {
    let loads = 0;
    let now = 1_000_000;
    const secrets = secretReader(
      async () => {
        loads += 1;
        return { current: secret };
      },
      () => now,
    );
    const read = () => secrets.read("sources/clerk", clerk.secret);
    const [one, other] = await Promise.all([read(), read()]);
    expect(other).toBe(one);
    now += 299_000;
    await read();
    expect(loads).toBe(1);
    now += 2_000;
    await read();
    expect(loads).toBe(2);
  });

  it("are loaded again after failed proofs, but only once in five seconds", async () => {
    let loads = 0;
    let now = 1_000_000;
    const secrets = secretReader(
      async () => {
        loads += 1;
        return { current: secret };
      },
      () => now,
    );
    const refresh = () => secrets.refresh("sources/clerk", clerk.secret);
    await secrets.read("sources/clerk", clerk.secret);
    for (let times = 0; times < 50; times += 1) await refresh();
    expect(loads).toBe(1);
    now += 5_000;
    await Promise.all([refresh(), refresh(), refresh()]);
    expect(loads).toBe(2);
  });

  it("are used from an old copy for an hour while Secrets Manager is down, but not when they were deleted", async () => {
    let now = 1_000_000;
    let fails: InboundError | undefined;
    const secrets = secretReader(
      async () => {
        if (fails) throw fails;
        return { current: secret };
      },
      () => now,
    );
    const read = () => secrets.read("sources/clerk", clerk.secret);
    await read();
    fails = new InboundError("unavailable", "secret-unreadable");
    now += 1_800_000;
    expect(await read()).toEqual([secret]);
    now += 1_900_000;
    await expect(read()).rejects.toThrow("secret-unreadable");
    now += 10_000;
    fails = new InboundError("misconfigured", "secret-missing");
    await expect(read()).rejects.toThrow("secret-missing");
  });

  it("are cleaned of the characters that pasting adds, the previous one too", async () => {
    const shape = z.object({
      aesKey: z.string().check(z.regex(/^[a-z]+$/)),
      pem: z.string(),
      list: z.array(z.string()),
    });
    const pem = "-----BEGIN PRIVATE KEY-----\nMC4CAQ\n-----END PRIVATE KEY-----";
    const clean = { aesKey: "key", pem, list: ["a"] };
    const pasted = { aesKey: "\ufeffkey\r\n", pem: `${pem}\n`, list: [" a\u200b"] };
    const secrets = secretReader(async () => ({ current: pasted, previous: pasted }));
    expect(await secrets.read("sources/own", shape)).toEqual([clean, clean]);
  });

  it("of another shape are refused by path, without their value; a previous one of another shape is ignored", async () => {
    const wrong = secretReader(async () => ({ current: { signingSecret: 12_345_678 } }));
    await expect(wrong.read("sources/clerk", clerk.secret)).rejects.toThrow(/sources\/clerk: signingSecret/);
    await expect(wrong.read("sources/clerk", clerk.secret)).rejects.not.toThrow(/12345678/);
    const half = secretReader(async () => ({ current: secret, previous: {} }));
    expect(await half.read("sources/clerk", clerk.secret)).toEqual([secret]);
  });
});
