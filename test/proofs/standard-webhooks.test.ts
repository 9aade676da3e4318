import { Webhook as StandardWebhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";
import { describe, expect, it } from "vitest";
import { standardWebhooks } from "#lib/proofs/standard-webhooks.ts";
import {
  body,
  deliver,
  id,
  key,
  now,
  readVectors,
  verifyVector,
  type Secret,
  type Vector,
} from "./hmac-deliveries.ts";

describe("Standard Webhooks", () => {
  const proof = standardWebhooks<Secret>({ key });
  const secret = { key: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" };
  const { cases } = readVectors("standard-webhooks") as {
    cases: (Required<Vector> & { name: string; valid: boolean })[];
  };

  it.each(cases)("agrees with the published vector: $name", (vector) => {
    expect(verifyVector(proof, vector, { key: vector.secrets }).ok).toBe(vector.valid);
  });

  it("accepts what the official packages sign, with either set of headers", () => {
    const timestamp = new Date(now);
    for (const Webhook of [StandardWebhook, SvixWebhook]) {
      const signature = new Webhook(secret.key).sign(id, timestamp, body.toString());
      for (const set of ["webhook", "svix"]) {
        const headers = {
          [`${set}-id`]: id,
          [`${set}-timestamp`]: String(Math.floor(now / 1000)),
          [`${set}-signature`]: signature,
        };
        expect(proof.verify(deliver({ headers, body }), secret)).toEqual({
          ok: true,
          payload: body,
          sentAt: Math.floor(now / 1000) * 1000,
          deliveryId: id,
        });
      }
    }
  });

  it("signs what the official packages accept", () => {
    const present = Date.now();
    const asWebhook = proof.sign(body, secret, { now: present, id }).headers;
    const asSvix = standardWebhooks<Secret>({ key, headerSets: ["svix"] }).sign(body, secret, {
      now: present,
      id,
    }).headers;
    expect(new StandardWebhook(secret.key).verify(body.toString(), { ...asWebhook })).toEqual({
      name: "张三 Zoë",
    });
    expect(() => new SvixWebhook(secret.key).verify(body.toString(), { ...asSvix })).not.toThrow();
    expect(() => new SvixWebhook(secret.key).verify(`${body.toString()} `, { ...asSvix })).toThrow(
      "signature",
    );
  });

  it("takes secrets as Supabase writes them, several at a time, and signatures separated by a comma and a space", () => {
    const other = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    const supabase = { key: `v1,${secret.key}|v1,${other}` };
    const one = proof.sign(body, { key: other }, { now, id }).headers;
    const two = proof.sign(body, secret, { now, id }).headers;
    const headers = {
      ...one,
      "webhook-signature": `${one["webhook-signature"]}, ${two["webhook-signature"]}`,
    };
    expect(proof.verify(deliver({ headers, body }), supabase).ok).toBe(true);
    expect(proof.verify(deliver({ headers: one, body }), supabase).ok).toBe(true);
    expect(proof.verify(deliver({ headers, body }), { key: "v1,whsec_" })).toMatchObject({
      ok: false,
      reason: "secret-empty",
    });
  });

  it("never mixes two sets of headers", () => {
    const { headers } = proof.sign(body, secret, { now, id });
    const mixed = {
      "svix-id": id,
      "webhook-timestamp": headers["webhook-timestamp"] as string,
      "svix-signature": headers["webhook-signature"] as string,
    };
    expect(proof.verify(deliver({ headers: mixed, body }), secret)).toMatchObject({
      ok: false,
      reason: "timestamp-missing",
    });
  });

  it("accepts the right signature under its own label only", () => {
    const { headers } = proof.sign(body, secret, { now, id });
    const signature = headers["webhook-signature"] as string;
    const refused = ["v2,", "v1a,", "V1,", "", "v1", "v1=", " v1,"].filter((label) => {
      const relabelled = { ...headers, "webhook-signature": signature.replace("v1,", label) };
      return !proof.verify(deliver({ headers: relabelled, body }), secret).ok;
    });
    // The space separates signatures.
    expect(refused).toEqual(["v2,", "v1a,", "V1,", "", "v1", "v1="]);
  });

  it("skips the asymmetric signatures in a list", () => {
    const { headers } = proof.sign(body, secret, { now, id });
    const list = `v1a,${"A".repeat(86)}== ${headers["webhook-signature"]}`;
    const accepted = { ...headers, "webhook-signature": list };
    expect(proof.verify(deliver({ headers: accepted, body }), secret).ok).toBe(true);
  });
});
