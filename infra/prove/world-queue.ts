import { subjectOf, type QueuedMessage } from "#lib/contract/queue.ts";
import type { Clock } from "#lib/contract/clock.ts";
import { storeMessages } from "#infra/store/messages.ts";
import type { Database } from "#infra/store/sqlite.ts";

// The queue of events in a world, as SQS FIFO behaves: messages of one person one after the other, each until it is acknowledged.

/** A message that a worker has taken. */
interface Taken {
  readonly id: number;
  readonly message: QueuedMessage;
}

export interface WorldQueue {
  /** Waiting and taken messages. */
  readonly length: number;
  add(messages: readonly QueuedMessage[]): void;
  /** Takes up to so many messages that are visible. */
  take(most: number): readonly Taken[];
  /** Removes messages, and gives others back, visible from a moment on (milliseconds since 1970). */
  finish(done: readonly Taken[], again: readonly Taken[], visibleAt: number): void;
  /** Gives back what a process had that has ended. */
  giveBack(taken: readonly Taken[], visibleAt: number): void;
  /** `undefined` where nothing waits. */
  nextVisibleAt(): number | undefined;
}

/** The group of a message: messages of one group are handled one after the other. */
export const groupOf = (message: QueuedMessage): string => `${message.source}#${subjectOf(message)}`;

/** In memory; one message of a person at a time. */
export function memoryQueue(clock: Pick<Clock, "now">): WorldQueue {
  let waiting: { id: number; message: QueuedMessage; visibleAt: number; isTaken: boolean }[] = [];
  let added = 0;
  const firsts = () =>
    [...new Map(waiting.toReversed().map((each) => [groupOf(each.message), each])).values()].toReversed();
  const giveBack: WorldQueue["giveBack"] = (taken, visibleAt) => {
    const ids = new Set(taken.map(({ id }) => id));
    for (const each of waiting) if (ids.has(each.id)) Object.assign(each, { visibleAt, isTaken: false });
  };
  return {
    get length() {
      return waiting.length;
    },
    add(messages) {
      for (const message of messages)
        waiting.push({ id: (added += 1), message, visibleAt: 0, isTaken: false });
    },
    take(most) {
      const taken = firsts()
        .filter(({ visibleAt, isTaken }) => !isTaken && visibleAt <= clock.now())
        .slice(0, most);
      for (const each of taken) each.isTaken = true;
      return taken;
    },
    finish(done, again, visibleAt) {
      const ids = new Set(done.map(({ id }) => id));
      waiting = waiting.filter(({ id }) => !ids.has(id));
      giveBack(again, visibleAt);
    },
    giveBack,
    nextVisibleAt: () =>
      waiting.length === 0 ? undefined : Math.min(...firsts().map(({ visibleAt }) => visibleAt)),
  };
}

/** In the store of one machine. What a process had that has ended is given back when the store is opened again. */
export function storeQueue(database: Database, clock: Pick<Clock, "now">): WorldQueue {
  const name = "events.fifo";
  const messages = storeMessages(database, { name, isFifo: true, maxReceives: 1_000 }, clock.now);
  const groups = new Map<number, string>();
  return {
    get length() {
      return messages.length;
    },
    add(given) {
      messages.add(given.map((message) => ({ group: groupOf(message), body: message })));
    },
    take(most) {
      return messages.take(most, clock.now()).taken.map(({ id, group, body }) => {
        groups.set(id, group);
        return { id, message: JSON.parse(body) as QueuedMessage };
      });
    },
    finish(done, again, visibleAt) {
      messages.finish(
        done.map(({ id }) => id),
        again.map(({ id }) => ({ id, group: groups.get(id) ?? "", visibleAt })),
      );
    },
    giveBack() {},
    nextVisibleAt: () => messages.nextVisibleAt(clock.now()),
  };
}
