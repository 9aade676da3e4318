import { reasonOf } from "#lib/contract/errors.ts";
import type { QueuedMessage } from "#lib/contract/queue.ts";
import { apply } from "./apply.ts";
import type { Applied, ApplyPorts, ApplyRun } from "./applying.ts";

/** A message of a batch. */
export interface Grouped {
  /** Messages of one group are about one person of a source. */
  readonly group: string;
  /** `undefined` where it could not be read from the queue: it is retried. */
  readonly message: QueuedMessage | undefined;
}

const later: Applied = { state: "later" };

/**
 * A batch of the queue: in its order, what became of each message. One person's messages are applied one after the other, the first ones
 * of all people together. What is behind a message that is retried is retried, too: the first one may have had its effect at Authing, whose
 * answer is not known, and would have it after the newer one. (A message that waits for a moment is parked, and holds up none.)
 */
export async function applyInOrder(
  batch: readonly Grouped[],
  ports: ApplyPorts,
  run: ApplyRun,
): Promise<Applied[]> {
  const results = new Map<Grouped, Applied>();
  let people = [...Map.groupBy(batch, ({ group }) => group).values()];
  while (people.length > 0) {
    const wave = people.flatMap((own) => own.slice(0, 1));
    const messages = wave.flatMap(({ message }) => message ?? []);
    const applied = await apply(messages, ports, run).catch((error: unknown): Applied[] => {
      // A defect of ours, or the ledger is unavailable: the messages stay in the queue, which moves them to the dead letters when all
      // retries have failed.
      ports.log.error("events failed", { reason: reasonOf(error) });
      return [];
    });
    for (const each of wave) {
      results.set(each, (each.message && applied[messages.indexOf(each.message)]) ?? later);
    }
    people = people.flatMap(([first, ...behind]) => {
      const goesOn = first && results.get(first)?.state !== "later";
      return goesOn && behind.length > 0 ? [behind] : [];
    });
  }
  return batch.map((each) => results.get(each) ?? later);
}
