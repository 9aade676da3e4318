import { expect, test } from "vitest";
import { receive } from "#lib/pipeline/receive.ts";
import { secretReader } from "#lib/pipeline/secret-reader.ts";
import ssf from "#lib/sources/ssf/index.ts";
import { fixtureSecret, fixtureSigner, readFixtures, requestOf } from "#infra/fixtures/cases.ts";
import { deliveryOf, type WireRequest } from "#infra/fixtures/requests.ts";

// A sender whose standard words a refusal gets it so: RFC 8935, section 2.4.

const secret = fixtureSecret("ssf") as never;
const fixture = readFixtures("ssf").find((each) => each.kind === "events");
if (!fixture) throw new Error("ssf has no cases");
const signedBy = (by: object) => requestOf(ssf, by as never, fixture, fixture, fixtureSigner("ssf"));
const signed = signedBy(secret);

async function replyTo(request: WireRequest, now = fixture?.now ?? 0) {
  const lines: object[] = [];
  const keep = (_: string, fields: object = {}) => void lines.push(fields);
  const reply = await receive(ssf, deliveryOf(request, now), {
    secrets: secretReader(async () => ({ current: secret })),
    events: { send: async () => {} },
    enrolments: { keep: async () => {} },
    log: { info: keep, warn: keep, error: keep },
  });
  return { reply, told: lines[0] };
}

test("a token that is right is taken with 202 and no body", async () => {
  expect((await replyTo(signed)).reply).toEqual({ status: 202 });
});

test.each<[string, WireRequest, string, string, number?]>([
  ["no body", { ...signed, body: new Uint8Array() }, "invalid_request", "proof-missing"],
  ["no token", { ...signed, body: Buffer.from("{}") }, "invalid_request", "proof-malformed"],
  ["no header", { ...signed, headers: {} }, "authentication_failed", "proof-missing"],
  [
    "another header",
    { ...signed, headers: { authorization: "x" } },
    "authentication_failed",
    "proof-mismatch",
  ],
  [
    "another issuer",
    signedBy({ ...(secret as object), issuer: "https://other.example.com" }),
    "invalid_issuer",
    "issuer-mismatch",
  ],
  [
    "another receiver",
    signedBy({ ...(secret as object), audience: "other" }),
    "invalid_audience",
    "audience-mismatch",
  ],
  ["a token of the future", signed, "invalid_request", "timestamp-early", 0],
])("%s is answered with 400 and a code", async (_, request, err, description, now) => {
  const { reply, told } = await replyTo(request, now);
  expect(reply).toEqual({
    status: 400,
    headers: { "content-type": "application/json", "content-language": "en" },
    body: JSON.stringify({ err, description }),
  });
  expect(told).toMatchObject({ source: "ssf", status: 400, reason: description });
});

test("by another method nothing is said", async () => {
  expect((await replyTo({ ...signed, method: "PUT" })).reply).toEqual({ status: 401 });
});
