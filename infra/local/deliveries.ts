import { randomUUID } from "node:crypto";
import { idOf, type EventQueue, type QueuedMessage } from "#lib/contract/queue.ts";
import type { Ledger } from "#lib/contract/ledger.ts";

// Which events each delivery made. Only the receiver knows: it makes the ids of events, some of them as hashes.

/** An event that a delivery made. */
export interface DeliveredEvent {
  readonly source: string;
  readonly id: string;
  readonly type: string;
  /** An earlier delivery brought it, too: the sender has sent it again. */
  readonly isRepeated: boolean;
}

/** The answer of `GET /deliveries/<id>`. */
export interface DeliveredEvents {
  readonly events: readonly DeliveredEvent[];
}

/** The header of an answer that holds the id of its delivery. */
export const deliveryHeader = "x-inbound-delivery";

/** The deliveries that are remembered: the latest ones. */
const maxDeliveries = 1000;

export function localDeliveries(ledger: Pick<Ledger, "event">) {
  const kept = new Map<string, DeliveredEvent[]>();

  const noted = async (message: QueuedMessage): Promise<DeliveredEvent> => {
    const { source } = message;
    const id = idOf(message);
    const type = message.kind === "event" ? message.event.type : "unreadable";
    const isKept = [...kept.values()].flat().some((each) => each.source === source && each.id === id);
    return { source, id, type, isRepeated: isKept || (await ledger.event({ source, id })) !== undefined };
  };

  return {
    /** The id of a new delivery, and the queue for its events, which notes them. */
    open(queue: EventQueue): { readonly id: string; readonly events: EventQueue } {
      const id = randomUUID();
      const events: DeliveredEvent[] = [];
      kept.set(id, events);
      const [oldest] = kept.keys();
      if (kept.size > maxDeliveries && oldest !== undefined) kept.delete(oldest);
      return {
        id,
        events: {
          async send(messages) {
            events.push(...(await Promise.all(messages.map(noted))));
            await queue.send(messages);
          },
        },
      };
    },
    /** `undefined` for a delivery that is not remembered. */
    eventsOf(id: string): DeliveredEvents | undefined {
      const events = kept.get(id);
      return events && { events };
    },
  };
}
