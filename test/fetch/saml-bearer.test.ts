import { createHash, generateKeyPairSync, verify } from "node:crypto";
import { describe, expect, it } from "vitest";
import { samlBearer } from "#lib/source-apis/saml-bearer.ts";
import { sourceApis } from "#lib/source-apis/source-api.ts";
import { json, server, virtualClock, type Answer } from "../http/server.ts";

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pem = privateKey.export({ type: "pkcs8", format: "pem" }) as string;

interface Secret {
  readonly key: string;
  readonly user: string;
  readonly apiHost: string;
}

const send = samlBearer<Secret>({
  path: "/oauth/token",
  audience: "www.example.com",
  recipient: ({ apiHost }) => `${apiHost}/oauth/token`,
  issuer: () => "issuer.example.com",
  subject: ({ user }) => user,
  privateKey: ({ key }) => key,
  attributes: () => ({ api_key: "invented-key" }),
  form: () => ({ company_id: "acme" }),
});

async function asked(tokens: readonly Answer[], more: Partial<Secret> = {}) {
  const { url, requests } = await server(...tokens, json(200, { people: [] }));
  const clock = virtualClock();
  const secret = { key: pem, user: "sfapi", apiHost: url, ...more };
  const api = sourceApis(clock)(
    { hosts: ({ apiHost }: Secret) => ({ api: apiHost }) },
    secret,
    clock.now() + 60_000,
  );
  const answer = await send({ path: "/people" }, api);
  const form = new URLSearchParams(requests[0]?.body);
  const assertion = Buffer.from(form.get("assertion") ?? "", "base64").toString();
  return { answer, form, assertion, requests, url, now: clock.now() };
}

const given = json(200, { access_token: "t1", token_type: "Bearer", expires_in: 86_399 });
const textOf = (xml: string, element: string) =>
  new RegExp(`<${element}(?: [^>]*)?>([^<]*)</${element}>`).exec(xml)?.[1] ?? "";

describe("a token for a SAML assertion", () => {
  it("is obtained with a form, and used", async () => {
    const { answer, form, requests } = await asked([given]);
    expect(answer.status).toBe(200);
    expect(Object.fromEntries(form)).toMatchObject({
      grant_type: "urn:ietf:params:oauth:grant-type:saml2-bearer",
      company_id: "acme",
    });
    expect(requests[1]?.headers["authorization"]).toBe("Bearer t1");
  });

  it("is asked for by an assertion for this audience, for ten minutes", async () => {
    const { assertion, url, now } = await asked([given]);
    expect(textOf(assertion, "saml2:Issuer")).toBe("issuer.example.com");
    expect(textOf(assertion, "saml2:NameID")).toBe("sfapi");
    expect(textOf(assertion, "saml2:Audience")).toBe("www.example.com");
    expect(textOf(assertion, "saml2:AttributeValue")).toBe("invented-key");
    expect(assertion).toContain(` Recipient="${url}/oauth/token"`);
    const ends = Array.from(assertion.matchAll(/NotOnOrAfter="([^"]*)"/g), ([, moment = ""]) =>
      Date.parse(moment),
    );
    expect(new Set(ends)).toEqual(new Set([now + 600_000]));
  });

  it("is signed as XML signatures are: the digest covers the assertion, the signature the digest", async () => {
    const { assertion } = await asked([given]);
    const signature = /<ds:Signature .*<\/ds:Signature>/s.exec(assertion)?.[0] ?? "";
    const signedInfo = /<ds:SignedInfo .*<\/ds:SignedInfo>/s.exec(signature)?.[0] ?? "";
    const digest = createHash("sha256").update(assertion.replace(signature, "")).digest("base64");
    expect(textOf(signedInfo, "ds:DigestValue")).toBe(digest);
    const signed = Buffer.from(textOf(signature, "ds:SignatureValue"), "base64");
    expect(verify("sha256", Buffer.from(signedInfo), publicKey, signed)).toBe(true);
    const id = /<saml2:Assertion [^>]*ID="([^"]*)"/.exec(assertion)?.[1];
    expect(signedInfo).toContain(`URI="#${id}"`);
    // Nothing that canonicalization would write in another way.
    expect(assertion).not.toMatch(/\/>|>\s+<|<\?/);
  });

  it("holds no mark-up of the secret", async () => {
    const { assertion } = await asked([given], { user: `a<b>&"c\n` });
    expect(textOf(assertion, "saml2:NameID")).toBe("a&lt;b&amp;c");
  });

  it.each([
    [
      "refuses the assertion",
      [json(401, { errorHttpCode: "401" }), json(401, {})],
      "source-credentials-refused",
    ],
    ["has no token", [json(200, {})], "source-answer-unexpected"],
  ] as const)("is a failure where the vendor %s", async (_, tokens, reason) => {
    await expect(asked(tokens)).rejects.toMatchObject({ reason });
  });

  it("is a failure without a key, which is not quoted", async () => {
    const failed = asked([given], { key: "invented-secret-text" });
    await expect(failed).rejects.toMatchObject({ reason: "source-credentials-refused" });
    await expect(failed).rejects.not.toThrow(/invented-secret-text/);
  });
});
