import { readFileSync } from "node:fs";
import type { Delivery, ImmediateProof, SignedRequest } from "#lib/contract/proof.ts";
import type { HmacSettings } from "#lib/proofs/hmac-settings.ts";

// A delivery, its secret and the rule of one sender, for the tests of proofs by HMAC; and deliveries that vendors have published.

export interface Secret {
  readonly key: string | readonly string[];
}

export interface Vector {
  readonly secrets?: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Seconds since 1970. */
  readonly now: number;
}

export const readVectors = (name: string) =>
  JSON.parse(readFileSync(new URL(`../vectors/senders/${name}.json`, import.meta.url), "utf8")) as unknown;

export const now = Date.parse("2026-01-31T18:42:05.678Z");
export const id = "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W";
export const body = Buffer.from('{"name":"张三 Zoë"}');
export const key = (secret: Secret) => secret.key;
export const bamboo: HmacSettings<Secret> = {
  algorithm: "sha256",
  key,
  signed: "{body}{timestamp}",
  signature: { header: "x-signature", encoding: "hex" },
  timestamp: { header: "x-timestamp", unit: "seconds", toleranceSeconds: 300 },
};

export function deliver(request: SignedRequest, receivedAt = now): Delivery {
  return {
    method: "POST",
    headers: request.headers,
    rawQuery: new URLSearchParams(request.query).toString(),
    query: new URLSearchParams(request.query),
    body: request.body,
    receivedAt,
  };
}

export function verifyVector(
  proof: ImmediateProof<Secret>,
  { headers, body: text, now: seconds }: Vector,
  secret: Secret,
) {
  return proof.verify(deliver({ headers, body: Buffer.from(text) }, seconds * 1000), secret);
}
