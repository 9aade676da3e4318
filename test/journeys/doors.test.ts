import { describe, expect, it, onTestFinished } from "vitest";
import { checkWebhook } from "#infra/stage/webhook.ts";
import { deployment } from "#infra/aws/deployment.ts";
import { configuredFunctions } from "#infra/aws/bundle.ts";
import { postRequest } from "#infra/fixtures/post.ts";
import { fixtureSecret, fixtureSigner, readFixture, requestOf } from "#infra/fixtures/cases.ts";
import { signedRequest, type WireRequest } from "#infra/fixtures/requests.ts";
import { startStack } from "#infra/local/stack.ts";
import type { Source } from "#lib/contract/source.ts";
import { enabledSources } from "#lib/wiring/enabled-sources.ts";
import config from "../contract/doors/doors.config.ts";
import { parkedList } from "../contract/parked-list.ts";

// Deliveries with GET, with a secret in the path and with a web token, over HTTP through the whole bundle.

const folderOf = (name: string) => `${import.meta.dirname}/../contract/doors/fixtures/${name}`;
const sourceOf = (name: string) => enabledSources(config).get(name) as unknown as Source<unknown>;
const secretOf = (name: string) => fixtureSecret(name, folderOf(name)) as unknown;

function requestTo(name: string, caseName: string): WireRequest {
  const signer = fixtureSigner(name, folderOf(name));
  const fixture = readFixture(name, caseName, folderOf(name));
  return requestOf(sourceOf(name), secretOf(name), fixture, { now: Date.now(), id: "msg_1" }, signer);
}

async function open() {
  const log: string[] = [];
  const line = (message: string, fields?: object) => void log.push(`${message} ${JSON.stringify(fields)}`);
  const stack = await startStack({
    config,
    port: 0,
    loadSecret: async (asked) => ({
      current:
        asked === "authing"
          ? { accessKeyId: "63f0a1", accessKeySecret: "invented" }
          : secretOf(asked.replace("sources/", "")),
    }),
    log: { info: line, warn: line, error: line },
  });
  onTestFinished(() => stack.close());
  const post = (name: string, request: WireRequest) => postRequest(stack.url, name, request);
  const operate = async (request: object) => {
    const answer = await fetch(`${stack.url}/operations`, { method: "POST", body: JSON.stringify(request) });
    return (await answer.json()) as { rows: unknown };
  };
  return { stack, log, post, operate };
}

describe.each([
  ["signed-get", "employee-hired"],
  ["path-token", "person-hired"],
  ["web-token", "person-hired"],
])("a joiner of the sample source %s", (name, caseName) => {
  it("arrives, and a forged one is refused", async () => {
    const { stack, log, post } = await open();
    const request = requestTo(name, caseName);
    expect((await post(name, request))?.status).toBe(202);
    await stack.settled();
    expect(stack.sandbox?.users()).toMatchObject([{ externalId: "10010", name: "张三" }]);

    const { pathToken: _, ...without } = request;
    const forged = { ...without, headers: {}, query: { ...request.query, sig: "00" } };
    expect((await post(name, forged))?.status).toBe(401);
    expect((await post(name, { ...forged, pathToken: "another-path-token-0001" }))?.status).toBe(401);
    for (const secret of ["invented-path-token-0001", request.query["sig"] ?? "invented-path"]) {
      expect(log.join("\n")).not.toContain(secret);
    }
  });
});

describe("a path behind a webhook", () => {
  it("exists only for a source whose proof reads it", async () => {
    const { post, log } = await open();
    const request = requestTo("signed-get", "employee-hired");
    expect((await post("signed-get", { ...request, pathToken: "more" }))?.status).toBe(401);
    const right = requestTo("path-token", "person-hired");
    expect((await post("path-token", { ...right, pathToken: `${right.pathToken}/more` }))?.status).toBe(401);
    // No function received either of them; the log says so, without the token.
    expect(log).toMatchObject(
      [
        / \/webhooks\/signed-get\/…: no such route; did you mean \/webhooks\/signed-get\?/,
        /"reason":"route-unknown","nearSource":"signed-get"/,
        /no such route; did you mean \/webhooks\/path-token\?/,
        /"reason":"route-unknown","nearSource":"path-token"/,
      ].map((said) => expect.stringMatching(said) as string),
    );
    expect(log.join("\n")).not.toContain(right.pathToken);
  });

  it("is routed on AWS for that source only", () => {
    const { functions } = deployment(
      { ...config, sources: [...enabledSources(config).values()] },
      configuredFunctions(config),
    );
    const routes = Object.values(functions).flatMap((each) =>
      (each as { events: { httpApi?: { method: string; path: string } }[] }).events.flatMap(({ httpApi }) =>
        httpApi?.path?.startsWith("/webhooks/") ? [`${httpApi.method} ${httpApi.path}`] : [],
      ),
    );
    expect(routes.toSorted()).toEqual([
      "* /webhooks/brought-secret",
      "* /webhooks/path-token",
      "* /webhooks/path-token/{token}",
      "* /webhooks/signed-get",
      "* /webhooks/web-token",
    ]);
  });
});

describe("a GET delivery that cannot be read", () => {
  it("is parked with its query, and is redriven unchanged", async () => {
    const { stack, post, operate } = await open();
    const said = (employee: string) => ({
      method: "GET",
      headers: {},
      query: { employee, type: "hired", at: "soon", name: "张三", mail: `${employee}@example.com` },
      body: new Uint8Array(),
    });
    const { proof } = sourceOf("signed-get");
    for (const employee of ["7", "8"]) {
      const request = signedRequest(proof, secretOf("signed-get"), said(employee), { now: 0, id: "m" });
      expect((await post("signed-get", request))?.status).toBe(202);
    }
    await stack.settled();
    const waiting = await parkedList(stack.parked, "dead", 10);
    const queries = waiting.map(({ message }) => message.kind === "unreadable" && message.delivery.rawQuery);
    expect(queries.map((query) => new URLSearchParams(query || "").get("employee")).toSorted()).toEqual([
      "7",
      "8",
    ]);
    expect(JSON.stringify(waiting)).not.toContain("sig=");

    const redrive = { operation: "redrive", source: "signed-get" };
    expect((await operate({ ...redrive, mode: "preview" })).rows).toMatchObject([
      { result: "dead query-incomplete" },
      { result: "dead query-incomplete" },
    ]);
    // With a time in the query the code can read the delivery: everything that it reads was kept.
    for (const kept of waiting) {
      if (kept.message.kind !== "unreadable") continue;
      const rawQuery = kept.message.delivery.rawQuery.replace("at=soon", "at=2026-01-31T18%3A42%3A00.000Z");
      await stack.parked.keep({
        ...kept,
        message: { ...kept.message, delivery: { ...kept.message.delivery, rawQuery } },
      });
    }
    expect((await operate({ ...redrive, mode: "apply" })).rows).toMatchObject([
      { result: "accepted" },
      { result: "accepted" },
    ]);
    expect(await parkedList(stack.parked, "dead", 10)).toEqual([]);
    expect(
      stack.sandbox
        ?.users()
        .map(({ externalId }) => externalId)
        .toSorted(),
    ).toEqual(["7", "8"]);
  });
});

describe("npm run doctor", () => {
  const look = async (name: string) => {
    const { stack } = await open();
    const { finding } = await checkWebhook(sourceOf(name), {
      url: `${stack.url}/webhooks/${name}`,
      secret: secretOf(name),
      log: "look at its log",
    });
    return { stack, finding };
  };

  it("sends the signed ping of a GET source, which changes nothing", async () => {
    const { stack, finding } = await look("signed-get");
    expect(finding).toMatchObject({ state: "fine" });
    await stack.settled();
    expect(stack.ledger.recent(10)).toMatchObject([{ type: "ping", changes: [] }]);
    expect(stack.sandbox?.users()).toEqual([]);
  });

  it("says that only the sender can sign a web token", async () => {
    const withPing = { ...sourceOf("web-token"), ping: { contentType: "application/json", body: "{}" } };
    const { stack } = await open();
    const { finding } = await checkWebhook(withPing, {
      url: `${stack.url}/webhooks/web-token`,
      secret: secretOf("web-token"),
      log: "look at its log",
    });
    expect(finding).toMatchObject({
      state: "attention",
      what: expect.stringContaining("only Web token itself can sign"),
    });
  });
});
