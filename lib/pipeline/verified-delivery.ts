import { hash } from "node:crypto";
import type { KeptDelivery, Reception } from "#lib/contract/queue.ts";
import type { Delivery, ProofResult } from "#lib/contract/proof.ts";
import type { Receiver, VerifiedDelivery } from "#lib/contract/source.ts";

// What a delivery says once its proof held, and how that is kept. `split` is only ever given what these functions return,
// so that a delivery which is redriven reads exactly as it did when it came.

/** What says something in a delivery whose proof held: the proof's own parameters and all headers that nothing reads are left behind. */
export function verifiedDelivery(
  {
    proof,
    readsHeaders,
  }: {
    readonly proof: Pick<Receiver["proof"], "proofParameters">;
    readonly readsHeaders?: readonly string[];
  },
  delivery: Delivery,
  { payload, sentAt, deliveryId }: Omit<Extract<ProofResult, { ok: true }>, "ok">,
): VerifiedDelivery {
  const headers: Record<string, string> = {};
  for (const name of readsHeaders ? ["content-type", ...readsHeaders] : ["content-type"]) {
    const value = Object.hasOwn(delivery.headers, name) ? delivery.headers[name] : undefined;
    if (value !== undefined) headers[name] = value;
  }
  const { method, receivedAt } = delivery;
  const rawQuery = withoutParameters(delivery.rawQuery, proof.proofParameters ?? []);
  const query = rawQuery === delivery.rawQuery ? delivery.query : new URLSearchParams(rawQuery);
  return {
    method,
    headers,
    rawQuery,
    query,
    payload: payload.length > 0 ? payload : Buffer.from(rawQuery),
    receivedAt,
    sentAt,
    deliveryId,
  };
}

/** What an invocation by AWS says, as a delivery; `undefined` where it says nothing of a person, or AWS does not invoke this source. */
export function invokedDelivery(
  { trigger }: Pick<Receiver, "trigger">,
  invocation: unknown,
  receivedAt: number,
): VerifiedDelivery | undefined {
  const told = trigger?.told(invocation);
  if (told === undefined) return undefined;
  return {
    method: "POST",
    headers: { "content-type": "application/json" },
    rawQuery: "",
    query: new URLSearchParams(),
    payload: Buffer.from(JSON.stringify(told)),
    receivedAt,
    sentAt: undefined,
    deliveryId: undefined,
  };
}

/** Each `name=value` that remains stands as it came. */
function withoutParameters(rawQuery: string, names: readonly string[]): string {
  if (names.length === 0 || rawQuery === "") return rawQuery;
  return rawQuery
    .split("&")
    .filter((pair) => {
      // The same reading as the proof's, so that no spelling of a name escapes it.
      const [[name] = [""]] = new URLSearchParams(pair);
      return !names.includes(name);
    })
    .join("&");
}

/** A delivery as JSON. */
export function keepDelivery({ method, rawQuery, headers, payload, sentAt }: VerifiedDelivery): KeptDelivery {
  return {
    method,
    rawQuery,
    headers,
    payload: Buffer.from(payload).toString("base64"),
    ...(sentAt !== undefined && { sentAt }),
  };
}

/** The delivery that was kept, as `split` saw it when it came. */
export function reopenDelivery(
  { method, rawQuery, headers, payload, sentAt }: KeptDelivery,
  { receivedAt, deliveryId }: Reception,
): VerifiedDelivery {
  return {
    method,
    headers,
    rawQuery,
    query: new URLSearchParams(rawQuery),
    payload: Buffer.from(payload, "base64"),
    receivedAt: Date.parse(receivedAt),
    sentAt,
    deliveryId,
  };
}

/**
 * Identifies a delivery by what it says, in hex: the payload, which is the query where there is no body, and the headers that
 * the source reads. The time and the sender's id are not part of it, since a sender may write both anew when it repeats itself.
 */
export function idOfDelivery({ headers, payload }: VerifiedDelivery): string {
  const said = Object.entries(headers).filter(([name]) => name !== "content-type");
  if (said.length === 0) return hash("sha256", payload, "hex");
  return hash("sha256", Buffer.concat([payload, Buffer.from(JSON.stringify(said))]), "hex");
}
