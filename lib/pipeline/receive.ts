import { createHash } from "node:crypto";
import { InboundError } from "#lib/contract/errors.ts";
import type { EventQueue, QueuedMessage, Reception } from "#lib/contract/queue.ts";
import type { Log } from "#lib/contract/log.ts";
import type { Secrets, SecretReader } from "#lib/contract/secrets.ts";
import type { Delivery, ProofFailure, Receiver, Reply, VerifiedDelivery } from "#lib/contract/source.ts";

/** A delivery may be this large; the next byte is answered with 413. Senders' documented maxima are all below it. */
export const maxDeliveryBytes = 1024 * 1024;
/** Events in one delivery; the largest documented batch (PingOne, 2号人事部) is 500. */
const maxEvents = 1000;

export interface ReceivePorts {
  readonly secrets: SecretReader;
  readonly events: EventQueue;
  readonly log: Log;
}

/**
 * The whole receiving path: verify, split, enqueue, acknowledge. The promise starts with the 2xx: it goes out only when
 * every event is safely queued. Never throws: what is ours to mend answers 503, so that the sender comes again.
 */
export async function receive<Secret>(
  source: Receiver<Secret>,
  delivery: Delivery,
  ports: ReceivePorts,
): Promise<Reply> {
  try {
    if (delivery.body.byteLength > maxDeliveryBytes) return refuse(413, "body-too-large");

    const verified = await verify(source, delivery, ports.secrets);
    if ("reason" in verified) return refuse(401, verified.reason);
    if ("handshake" in verified) return verified.handshake;

    const messages = split(source, verified.delivery);
    if (messages.length > 0) await ports.events.send(messages);

    ports.log.info(
      "delivery accepted",
      { source: source.name, delivery: verified.delivery.deliveryId, events: messages.length },
      { DeliveriesAccepted: 1 },
    );
    return source.acknowledge?.(verified.delivery, verified.secret) ?? { status: 202 };
  } catch (error) {
    const known = error instanceof InboundError ? error : undefined;
    ports.log.error(
      "delivery not taken",
      {
        source: source.name,
        code: known?.code ?? "unavailable",
        reason: known?.reason ?? (error instanceof Error ? error.name : "unknown"),
        path: known?.path,
      },
      { DeliveriesFailed: 1 },
    );
    return { status: 503, headers: { "retry-after": "30" } };
  }

  function refuse(status: 401 | 413, reason: string): Reply {
    ports.log.warn("delivery refused", { source: source.name, status, reason }, { DeliveriesRefused: 1 });
    return { status };
  }
}

type Verified<Secret> =
  | { readonly delivery: VerifiedDelivery; readonly secret: Secret }
  | { readonly handshake: Reply }
  | { readonly reason: ProofFailure };

/** Tries the current and the previous secret; when neither fits, asks for the secret once more, since it may just have been rotated. */
async function verify<Secret>(
  source: Receiver<Secret>,
  delivery: Delivery,
  secrets: SecretReader,
): Promise<Verified<Secret>> {
  const name = `sources/${source.name}`;
  const known = await secrets.read(name, source.secret);
  const first = verifyWith(source, delivery, known);
  if (!("reason" in first)) return first;
  const refreshed = await secrets.refresh(name, source.secret);
  return refreshed === known ? first : verifyWith(source, delivery, refreshed);
}

function verifyWith<Secret>(
  source: Receiver<Secret>,
  delivery: Delivery,
  versions: Secrets<Secret>,
): Verified<Secret> {
  let failure: ProofFailure | undefined;
  for (const secret of versions) {
    const handshake = source.handshake?.(delivery, secret);
    if (handshake) return { handshake };
    const result = source.proof.verify(delivery, secret);
    if (result.ok) {
      const { payload, sentAt, deliveryId } = result;
      return { secret, delivery: { ...delivery, payload, sentAt, deliveryId } };
    }
    failure ??= result.reason;
  }
  return { reason: failure ?? "secret-empty" };
}

/** A signed delivery that cannot be read is kept whole, not refused: its sender would not send it again any better. */
function split<Secret>(source: Receiver<Secret>, delivery: VerifiedDelivery): QueuedMessage[] {
  const reception: Reception = {
    receivedAt: new Date(delivery.receivedAt).toISOString(),
    proof: source.proof.name,
    ...(delivery.deliveryId !== undefined && { deliveryId: delivery.deliveryId }),
  };
  const messages: QueuedMessage[] = [];
  let unread: unknown;
  try {
    const events = source.split(delivery);
    if (events.length > maxEvents) throw new InboundError("malformed", "too-many-events");
    for (const event of events) {
      if (event instanceof InboundError) unread ??= event;
      else messages.push({ kind: "event", source: source.name, event, reception });
    }
  } catch (error) {
    unread = error;
  }
  return unread === undefined
    ? messages
    : [...messages, unreadable(source.name, delivery, reception, unread)];
}

function unreadable(
  source: string,
  delivery: VerifiedDelivery,
  reception: Reception,
  error: unknown,
): QueuedMessage {
  const known = error instanceof InboundError && error.code === "malformed" ? error : undefined;
  const contentType = delivery.headers["content-type"];
  return {
    kind: "unreadable",
    source,
    id: createHash("sha256").update(delivery.payload).digest("hex"),
    reason: known?.reason ?? "split-failed",
    ...(known?.path !== undefined && { path: known.path }),
    ...(contentType !== undefined && { contentType }),
    payload: Buffer.from(delivery.payload).toString("base64"),
    reception,
  };
}
