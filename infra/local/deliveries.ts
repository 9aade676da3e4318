import { randomUUID } from "node:crypto";
import type { Log } from "#lib/contract/log.ts";
import { idOf, type EventQueue, type QueuedMessage } from "#lib/contract/queue.ts";
import type { Ledger } from "#lib/contract/ledger.ts";
import { refusalMessage } from "#lib/contract/refusals.ts";
import type { Answer, LocalRequest } from "./server.ts";

// The latest deliveries, and which events each made. Only the receiver knows: it makes the ids of events, some of them as hashes.

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

/** A delivery without what it said. */
export interface DeliveryFacts extends DeliveredEvents {
  readonly id: string;
  /** Counts from 1. */
  readonly number: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly source: string;
  readonly bytes: number;
  /** HTTP status of the answer; absent until there is one. */
  readonly status?: number;
  /** From its receipt to its answer. */
  readonly milliseconds?: number;
  /** Why it was refused at the door. */
  readonly refusal?: string;
}

/** A delivery as it came, and its answer. Neither is kept where the people in it are real. */
export interface RememberedDelivery extends DeliveryFacts {
  readonly request?: LocalRequest;
  readonly answer?: Answer;
}

export interface DeliveriesOptions {
  readonly ledger: Pick<Ledger, "event">;
  readonly queue: EventQueue;
  readonly log: Log;
  /** Keeps what deliveries say, too: where all people are invented. */
  readonly keepsWhole: boolean;
}

/** What the receiver of one delivery works with: it notes the events and the refusal. */
export interface OpenDelivery {
  readonly events: EventQueue;
  readonly log: Log;
}

/** The header of an answer that holds the id of its delivery. */
export const deliveryHeader = "x-inbound-delivery";

/** The deliveries that are remembered: the latest ones, with so many events at most, and of these the latest bodies. */
const maxDeliveries = 1000;
const maxEvents = 100_000;
const maxBodyBytes = 16 * 1024 * 1024;

type Noted = { -readonly [Name in keyof RememberedDelivery]: RememberedDelivery[Name] } & {
  events: DeliveredEvent[];
};

export function localDeliveries({ ledger, queue, log, keepsWhole }: DeliveriesOptions) {
  const kept = new Map<string, Noted>();
  /** Of each event of these the delivery that made it last. */
  const byEvent = new Map<string, Noted>();
  let number = 0;
  let events = 0;
  let bodyBytes = 0;

  const noted = async (message: QueuedMessage): Promise<DeliveredEvent> => {
    const { source } = message;
    const id = idOf(message);
    const type = message.kind === "event" ? message.event.type : "unreadable";
    const isKept = byEvent.has(keyOf({ source, id }));
    return { source, id, type, isRepeated: isKept || (await ledger.event({ source, id })) !== undefined };
  };

  function forgetWhole(delivery: Noted): void {
    bodyBytes -= delivery.request?.body.length ?? 0;
    delete delivery.request;
    delete delivery.answer;
  }

  function forget(delivery: Noted): void {
    forgetWhole(delivery);
    kept.delete(delivery.id);
    events -= delivery.events.length;
    for (const event of delivery.events) {
      if (byEvent.get(keyOf(event)) === delivery) byEvent.delete(keyOf(event));
    }
  }

  function forgetOldest(): void {
    for (const each of kept.values()) {
      if (kept.size <= maxDeliveries && events <= maxEvents) break;
      forget(each);
    }
    for (const each of kept.values()) {
      if (bodyBytes <= maxBodyBytes) break;
      forgetWhole(each);
    }
  }

  function keep(delivery: Noted): void {
    kept.set(delivery.id, delivery);
    bodyBytes += delivery.request?.body.length ?? 0;
    forgetOldest();
  }

  function brought(delivery: Noted, made: readonly DeliveredEvent[]): void {
    delivery.events.push(...made);
    // Of very many at once this one may be forgotten already.
    if (!kept.has(delivery.id)) return;
    events += made.length;
    for (const event of made) byEvent.set(keyOf(event), delivery);
    forgetOldest();
  }

  return {
    /** Has a delivery received, and answers it with its id in a header. */
    async receive(
      source: string,
      request: LocalRequest | undefined,
      receive: (open: OpenDelivery) => Promise<Answer>,
    ): Promise<Answer> {
      const startedAt = Date.now();
      const delivery: Noted = {
        id: randomUUID(),
        number: (number += 1),
        at: new Date(startedAt).toISOString(),
        source,
        bytes: request?.body.length ?? 0,
        events: [],
        ...(keepsWhole && request && { request }),
      };
      keep(delivery);
      const answer = await receive({
        events: {
          async send(messages) {
            brought(delivery, await Promise.all(messages.map(noted)));
            await queue.send(messages);
          },
        },
        log: {
          ...log,
          warn(message, fields, metrics) {
            if (message === refusalMessage) delivery.refusal = String(fields?.["reason"]);
            log.warn(message, fields, metrics);
          },
        },
      });
      delivery.status = answer.status;
      delivery.milliseconds = Date.now() - startedAt;
      if (delivery.request) delivery.answer = answer;
      return { ...answer, headers: { ...answer.headers, [deliveryHeader]: delivery.id } };
    },
    /** `undefined` for a delivery that is not remembered. */
    find: (id: string): RememberedDelivery | undefined => kept.get(id),
    /** The remembered delivery that made an event last. */
    ofEvent: (source: string, id: string): RememberedDelivery | undefined =>
      byEvent.get(keyOf({ source, id })),
    /** The deliveries behind a number, in their order. */
    after: (last: number): DeliveryFacts[] =>
      [...kept.values()]
        .filter((each) => each.number > last && each.status !== undefined)
        .map(({ request: _request, answer: _answer, ...facts }) => facts),
  };
}

const keyOf = ({ source, id }: Pick<DeliveredEvent, "source" | "id">): string => `${source}/${id}`;

export type LocalDeliveries = ReturnType<typeof localDeliveries>;
