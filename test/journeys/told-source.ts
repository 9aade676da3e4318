import * as z from "zod/mini";
import type { Change } from "#lib/contract/change.ts";
import { defineSource } from "#lib/contract/source.ts";
import { jsonEvent } from "#lib/payloads/json-event.ts";
import { hmac } from "#lib/proofs/hmac.ts";

const secret = z.object({ signingKey: z.string() });

/** A source whose events hold Authing's changes directly, for journeys in which the vendor's format does not matter. */
export const toldSource = defineSource({
  title: "Told",
  secret,
  proof: hmac<z.infer<typeof secret>>({
    algorithm: "sha256",
    key: ({ signingKey }) => signingKey,
    signed: "{timestamp}.{body}",
    signature: { header: "x-told-signature", encoding: "hex", prefix: "sha256=" },
    timestamp: { header: "x-told-timestamp", unit: "seconds", toleranceSeconds: 300 },
  }),
  redeliversForSeconds: 3600,
  split: jsonEvent({ type: "type", subject: "subject", id: "id", occurredAt: "at" }),
  translate: ({ payload }) => (payload as { changes: Change[] }).changes,
});

export const toldSecret = { signingKey: "invented-signing-key" };

let events = 0;

/** An event of such a source about one of its people, now. */
export function told(subject: string, changes: readonly Change[], id = `event-${(events += 1)}`): object {
  const type = changes.map(({ kind }) => kind).join("+");
  return { id, subject, type, at: new Date().toISOString(), changes };
}

/** A joiner with an externalId. */
export const joins = (externalId: string, person: object = {}): Change => ({
  kind: "create",
  person: { externalId, email: `p${externalId}@example.com`, ...person },
  trail: {},
});

/** A departure, at once or at the end of a day. */
export const leaves = (externalId: string, lastDay?: string): Change => ({
  kind: "leave",
  who: { externalId },
  ...(lastDay !== undefined && { lastDay }),
});
