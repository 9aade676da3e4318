import * as z from "zod/mini";
import { defineConfig } from "#lib/config.ts";
import { InboundError } from "#lib/contract/errors.ts";
import { defineSource, type SourceEvent, type VerifiedDelivery } from "#lib/contract/source.ts";
import { assemble } from "#lib/fields/assembly.ts";
import { email, text } from "#lib/fields/encode.ts";
import { instant } from "#lib/fields/date.ts";
import { at } from "#lib/fields/read.ts";
import { readId, readJsonObject } from "#lib/payloads/body.ts";
import { interpret } from "#lib/payloads/interpret.ts";
import { jsonEvent } from "#lib/payloads/json-event.ts";
import { hmac } from "#lib/proofs/hmac.ts";
import { jwt } from "#lib/proofs/jwt.ts";
import { urlSecret } from "#lib/proofs/url-secret.ts";

// Sample senders with kinds of requests and proofs that no built-in source has, so that the suites test these parts of the contract:
// a signed GET without a body, a secret in the path, a secret that the sender makes and posts first, and a JSON Web Token.

function translate(event: SourceEvent) {
  const { subject, payload } = event;
  return interpret(
    event,
    {
      left: () => [{ kind: "leave", who: { externalId: subject } }],
      hired() {
        const { person, trail } = assemble([
          text("externalId", at(payload, "person.id")),
          text("name", at(payload, "person.name")),
          email(at(payload, "person.mail")),
        ]);
        return [{ kind: "create", person, trail }];
      },
    },
    { path: "type", uninteresting: ["ping"] },
  );
}

const split = jsonEvent({ id: "id", type: "type", subject: "person.id", occurredAt: "at" });

const signedGet = z.object({ signingKey: z.string() });
const pathToken = z.object({ token: z.string() });
const brought = z.object({ verificationToken: z.string(), apiToken: z.string() });
const token = z.object({
  issuer: z.string(),
  jwks: z.union([z.string(), z.object({ keys: z.array(z.record(z.string(), z.unknown())) })]),
});

/** One event that is completely in the query. */
function splitQuery({ query }: VerifiedDelivery): SourceEvent[] {
  const id = readId(query.get("employee"));
  const type = query.get("type");
  const occurredAt = instant(query.get("at"));
  if (id === undefined || occurredAt === undefined || !type || type.length > 20) {
    throw new InboundError("malformed", "query-incomplete", { path: "query" });
  }
  const person = { id, name: query.get("name"), mail: query.get("mail") };
  return [{ id: `${id}-${occurredAt}-${type}`, subject: id, type, occurredAt, payload: { person } }];
}

export default defineConfig({
  sources: {
    "signed-get": {
      source: defineSource({
        title: "Signed GET",
        secret: signedGet,
        proof: hmac<z.infer<typeof signedGet>>({
          algorithm: "sha256",
          key: ({ signingKey }) => signingKey,
          signed: "{query:employee}.{query:type}.{query:at}.{body}",
          signature: { query: "sig", encoding: "hex" },
        }),
        redeliversForSeconds: 3600,
        split: splitQuery,
        ping: { query: { employee: "0", type: "ping", at: "2026-01-31T18:42:05.000Z" } },
        translate,
      }),
    },
    "path-token": {
      source: defineSource({
        title: "Path token",
        secret: pathToken,
        proof: urlSecret<z.infer<typeof pathToken>>({ place: "path", value: (secret) => secret.token }),
        redeliversForSeconds: 3600,
        split,
        translate,
      }),
    },
    "brought-secret": {
      source: defineSource({
        title: "Brought secret",
        secret: brought,
        proof: hmac<z.infer<typeof brought>>({
          algorithm: "sha256",
          key: ({ verificationToken }) => verificationToken,
          signed: "{body}",
          signature: { header: "x-brought-signature", encoding: "hex" },
        }),
        redeliversForSeconds: 3600,
        enrol({ body }) {
          const { verification_token: verificationToken } = readJsonObject(body);
          return typeof verificationToken === "string" ? { verificationToken } : undefined;
        },
        split,
        translate,
      }),
    },
    "web-token": {
      source: defineSource({
        title: "Web token",
        secret: token,
        proof: jwt<z.infer<typeof token>>({
          jwks: ({ jwks }) => jwks,
          algorithms: ["ES256"],
          issuer: ({ issuer }) => issuer,
          bodyHash: { claim: "request_body_sha256", encoding: "base64" },
        }),
        redeliversForSeconds: 3600,
        split,
        translate,
      }),
    },
  },
});
