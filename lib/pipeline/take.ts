import { InboundError } from "#lib/contract/errors.ts";
import type { Log } from "#lib/contract/log.ts";
import type { EventQueue, QueuedMessage, Reception } from "#lib/contract/queue.ts";
import { recentMessages } from "#lib/contract/recent.ts";
import type { Receiver, VerifiedDelivery } from "#lib/contract/source.ts";
import { idOfDelivery, keepDelivery } from "./verified-delivery.ts";

/** Events in one delivery; the largest documented batch (PingOne, 2号人事部) is 500. */
const maxEvents = 1000;

/** What taking needs of a source. `proof.name` is how the delivery was proven, e.g. AWS's own for a function that is invoked. */
export interface TakenSource extends Pick<Receiver, "name" | "split"> {
  readonly proof: { readonly name: string };
}

/**
 * Queues what a verified delivery says, whatever door it came through. Resolves only when every event is safely queued: the
 * door answers its caller after that. Throws `unavailable` otherwise, so that the caller comes again.
 */
export async function take(
  source: TakenSource,
  delivery: VerifiedDelivery,
  { events, log }: { readonly events: EventQueue; readonly log: Log },
  { isPing = false }: { readonly isPing?: boolean } = {},
): Promise<void> {
  const messages = split(source, delivery);
  if (messages.length > 0) await events.send(messages);
  log.info(
    recentMessages.delivered,
    {
      source: source.name,
      delivery: delivery.deliveryId,
      events: messages.length,
      ping: isPing ? true : undefined,
    },
    // A ping of ours is no word of the sender: a source that is silent stays silent.
    isPing ? undefined : { DeliveriesAccepted: 1 },
  );
}

/** A delivery that cannot be read is kept whole, not refused: its sender would not send it again any better. */
function split(source: TakenSource, delivery: VerifiedDelivery): QueuedMessage[] {
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
  return {
    kind: "unreadable",
    source,
    id: idOfDelivery(delivery),
    reason: known?.reason ?? "split-failed",
    ...(known?.path !== undefined && { path: known.path }),
    delivery: keepDelivery(delivery),
    reception,
  };
}
