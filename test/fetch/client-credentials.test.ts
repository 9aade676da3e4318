import { describe, expect, it } from "vitest";
import { clientCredentials, type ClientCredentials } from "#lib/source-apis/client-credentials.ts";
import { sourceApis } from "#lib/source-apis/source-api.ts";
import { json, server, virtualClock, type Answer } from "../http/server.ts";

interface Secret {
  readonly id: string;
  readonly key: string;
  readonly apiHost: string;
  readonly tokenHost: string;
}

const settings: ClientCredentials<Secret> = {
  host: "token",
  path: "/oauth/token",
  clientId: ({ id }) => id,
  clientSecret: ({ key }) => key,
};
const hosts = { hosts: ({ apiHost, tokenHost }: Secret) => ({ api: apiHost, token: tokenHost }) };
const given = (access_token: string, more: object = { expires_in: 3600 }) =>
  json(200, { access_token, token_type: "Bearer", ...more });

async function opened(
  tokens: readonly Answer[],
  answers: readonly Answer[] = [json(200)],
  more: Partial<ClientCredentials<Secret>> = {},
) {
  const [tokenServer, apiServer] = [await server(...tokens), await server(...answers)];
  const clock = virtualClock();
  const secret = { id: "acme", key: "invented-0001", apiHost: apiServer.url, tokenHost: tokenServer.url };
  const api = sourceApis(clock)(hosts, secret, clock.now() + 10 * 3600_000);
  const send = clientCredentials({ ...settings, ...more });
  return {
    clock,
    ask: () => send({ path: "/people", headers: { "x-version": "1" } }, api),
    withSecret: (other: Partial<Secret>) =>
      send({ path: "/people" }, sourceApis(clock)(hosts, { ...secret, ...other }, clock.now() + 5000)),
    tokenRequests: tokenServer.requests,
    used: () => apiServer.requests.map(({ headers }) => headers.authorization),
    apiRequests: apiServer.requests,
  };
}

describe("a token of OAuth client credentials", () => {
  it("is requested with Basic authentication and used for every request until it expires", async () => {
    const { ask, tokenRequests, used, apiRequests, clock } = await opened([given("t1"), given("t2")]);
    await ask();
    await ask();
    expect(tokenRequests).toMatchObject([
      {
        method: "POST",
        url: "/oauth/token",
        headers: {
          // acme:invented-0001
          authorization: "Basic YWNtZTppbnZlbnRlZC0wMDAx",
          "content-type": "application/x-www-form-urlencoded",
        },
        body: "grant_type=client_credentials",
      },
    ]);
    expect(used()).toEqual(["Bearer t1", "Bearer t1"]);
    expect(apiRequests[0]).toMatchObject({ url: "/people", headers: { "x-version": "1" } });
    clock.pass(3540_000);
    await ask();
    expect(used().at(-1)).toBe("Bearer t2");
  });

  it("is requested with the credentials in the form, a scope, an audience and a resource, where the vendor requires that", async () => {
    const { ask, tokenRequests } = await opened([given("t1")], [json(200)], {
      authentication: "body",
      scope: () => "users.read groups.read",
      audience: () => "https://api.example.com/",
      resource: () => "https://resource.example.com/",
    });
    await ask();
    const [request] = tokenRequests;
    expect(request?.headers.authorization).toBeUndefined();
    expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual({
      grant_type: "client_credentials",
      client_id: "acme",
      client_secret: "invented-0001",
      scope: "users.read groups.read",
      audience: "https://api.example.com/",
      resource: "https://resource.example.com/",
    });
  });

  it("is requested correctly with an id and a secret that hold any character", async () => {
    const { withSecret, tokenRequests } = await opened([given("t1")]);
    await withSecret({ id: "a:b c", key: "é%" });
    const { authorization = "" } = tokenRequests[0]?.headers ?? {};
    expect(Buffer.from(authorization.slice("Basic ".length), "base64").toString()).toBe("a%3Ab+c:%C3%A9%25");
  });

  it("is replaced when the API refuses it, once per request", async () => {
    const refusedOnce = await opened([given("t1"), given("t2")], [json(401), json(200, { name: "张三" })]);
    expect(await refusedOnce.ask()).toMatchObject({ status: 200, json: { name: "张三" } });
    expect(refusedOnce.used()).toEqual(["Bearer t1", "Bearer t2"]);

    const refused = await opened([given("t1"), given("t2")], [json(401)]);
    expect(await refused.ask()).toMatchObject({ status: 401 });
    expect(refused.used()).toEqual(["Bearer t1", "Bearer t2"]);
  });

  it("without an expiry is used for a short time only", async () => {
    const { ask, used, clock } = await opened([given("t1", {}), given("t2", {})]);
    await ask();
    clock.pass(200_000);
    await ask();
    clock.pass(60_000);
    await ask();
    expect(used()).toEqual(["Bearer t1", "Bearer t1", "Bearer t2"]);
  });

  it("whose expiry is written as text is kept until then", async () => {
    const { ask, used, clock } = await opened([given("t1", { expires_in: "3600" }), given("t2")]);
    await ask();
    clock.pass(3000_000);
    await ask();
    expect(used()).toEqual(["Bearer t1", "Bearer t1"]);
  });

  it.each([
    [json(401, { error: "invalid_client" }), "misconfigured", "source-credentials-refused"],
    [json(400, { error: "invalid_client" }), "misconfigured", "source-credentials-refused"],
    [json(400, { error: "unauthorized_client" }), "misconfigured", "source-credentials-refused"],
    [json(400, { error: "invalid_scope" }), "misconfigured", "source-permission-missing"],
    [json(400, { error: "toString" }), "unavailable", "source-answer-unexpected"],
    [json(403, {}), "misconfigured", "source-credentials-refused"],
    [json(404, {}), "misconfigured", "source-host-wrong"],
    [json(302, {}, { location: "/login" }), "misconfigured", "source-host-wrong"],
    [json(200, {}), "unavailable", "source-answer-unexpected"],
    [json(200, { access_token: "" }), "unavailable", "source-answer-unexpected"],
    [json(200, []), "unavailable", "source-answer-unexpected"],
    [json(500, {}), "unavailable", "source-unreachable"],
  ])(
    "that is refused is a failure of the source, and no request to the API is made: %#",
    async (answer, code, reason) => {
      const { ask, used } = await opened([answer], [json(200)], {
        hints: { "source-permission-missing": "x" },
      });
      await expect(ask()).rejects.toMatchObject({ code, reason });
      expect(used()).toEqual([]);
    },
  );
});
