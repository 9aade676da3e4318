import type { ImmediateProof } from "#lib/contract/proof.ts";
import { hmac } from "./hmac.ts";

export interface StandardWebhooksSettings<Secret> {
  /**
   * The signing secret, or several of which each may have signed: base64, usually behind `whsec_`. Supabase writes
   * `v1,whsec_…` and joins several with `|`; that is taken as it is.
   */
  key(secret: Secret): string | readonly string[];
  /** What the three headers begin with, in the order they are looked for; `sign` uses the first. Default `webhook`, `svix`. */
  readonly headerSets?: readonly string[];
  /** How old or early a delivery may be. Default 300, as the libraries of the specification have it. */
  readonly toleranceSeconds?: number;
}

/**
 * Standard Webhooks, symmetric (`v1`), which is also what Svix sends for its customers:
 * `<set>-id`, `<set>-timestamp` and `<set>-signature`, a list of `v1,<base64>`, HMAC-SHA256 over `id.timestamp.body`.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function standardWebhooks<Secret>(settings: StandardWebhooksSettings<Secret>): ImmediateProof<Secret> {
  const { headerSets = ["webhook", "svix"], toleranceSeconds = 300 } = settings;
  const named = (part: string) => headerSets.map((set) => `${set}-${part}`);
  return hmac<Secret>({
    name: "standard-webhooks",
    algorithm: "sha256",
    key: (secret) =>
      [settings.key(secret)]
        .flat()
        .flatMap((text) => text.split("|"))
        .map((text) => text.trim().replace(/^v1,/, "")),
    keyEncoding: "whsec",
    signed: "{id}.{timestamp}.{body}",
    // The specification separates with a space, Supabase with a comma and a space.
    signature: {
      header: named("signature"),
      encoding: "base64",
      separator: [", ", " "],
      prefix: "v1,",
    },
    timestamp: { header: named("timestamp"), unit: "seconds", toleranceSeconds },
    deliveryId: { header: named("id") },
  });
}
