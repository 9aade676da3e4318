import type { BegunCreate, Claim, EventKey, EventRecord, Ledger } from "#lib/contract/ledger.ts";
import type { Clock } from "#lib/contract/clock.ts";
import { idOf, type QueuedMessage } from "#lib/contract/queue.ts";
import type { Read } from "./applying.ts";

// Who works on what: an event is claimed before anything is done about it, and a person is locked while an effect happens, since
// two sources may speak of one person at the same moment and the queue orders only what one source says.

/** How long a claim and a lock hold, in seconds. What one message takes is bounded well below it. */
export const leaseSeconds = 120;
/** How long a worker waits for the lock of a person, and how often it looks, in milliseconds. */
const lockMilliseconds = 10_000;
const lookMilliseconds = 50;
/** How often the same id may be news while the ledger remembers the first time. */
const maxRepetitions = 100;

/**
 * Claims an event under its id. The same id may be news: then it gets a number behind it, or, where the first one was refused,
 * is tried anew under the same id. What was parked is claimed under the id that it has there, whatever became of others with its id
 * since. `wasParked`: a copy of it may be parked since an earlier try.
 */
export async function claimMessage(
  message: QueuedMessage,
  { ledger }: { readonly ledger: Ledger },
  { owner, repeatsForSeconds }: { owner: string; repeatsForSeconds: number },
): Promise<{ key: EventKey; claim: Claim; wasParked: boolean }> {
  const id = idOf(message);
  const { parkedAs } = message;
  if (parkedAs) {
    const key = { source: message.source, id: parkedAs.ledgerId };
    return { key, claim: await ledger.claim(key, { owner, leaseSeconds }), wasParked: true };
  }
  for (let times = 0; ; times += 1) {
    const key: EventKey = { source: message.source, id: times === 0 ? id : `${id}~${times}` };
    const claim = await ledger.claim(key, { owner, leaseSeconds });
    if (claim.state !== "settled") {
      return {
        key,
        claim,
        wasParked: claim.state === "claimed" && claim.attempts > 1,
      };
    }
    if (isResent(message, claim.record) && (await ledger.reopen(key))) {
      return { key, claim: await ledger.claim(key, { owner, leaseSeconds }), wasParked: true };
    }
    const news = await isNews(message, claim.record, ledger, repeatsForSeconds);
    if (!news || times === maxRepetitions) return { key, claim, wasParked: false };
  }
}

/** What was refused is tried again when it is sent again: its sender, or an operator there, believes it mended. */
function isResent({ reception }: QueuedMessage, { outcome, settledAt }: EventRecord): boolean {
  const wasRefused = outcome.kind === "rejected" || outcome.kind === "dead";
  return wasRefused && outcome.reason !== "discarded" && reception.receivedAt > settledAt;
}

/**
 * Whether the same id says something new. A retry of the sender says nothing new, but
 *
 * - after the time over which the sender repeats a delivery, the same id is a new statement;
 * - an event that only says "look at this person again" is one when it came in after the worker had looked;
 * - words without an id or a time of their own are one when something else about the person has been applied since: the
 *   person was terminated, hired again, and terminated again.
 */
async function isNews(
  message: QueuedMessage,
  record: EventRecord,
  ledger: Ledger,
  repeatsForSeconds: number,
): Promise<boolean> {
  const { receivedAt } = message.reception;
  if (Date.parse(receivedAt) - Date.parse(record.receivedAt) > repeatsForSeconds * 1000) return true;
  if (record.readAt !== undefined && receivedAt > record.readAt) return true;
  if (message.kind !== "event" || !message.event.isUndated || receivedAt <= record.receivedAt) return false;
  const known = await ledger.subject(message.source, message.event.subject);
  const told = Object.values(known?.told ?? {});
  const newest = told.reduce((at, field) => (field.at > at ? field.at : at), "");
  // Of fields told at the same moment, one told by these words is enough for a repetition.
  return told.length > 0 && !told.some(({ at, by }) => at === newest && by === message.event.id);
}

/**
 * Locks the people of an event that was claimed, in one order for all, so that no two workers wait for each other. The locks end with
 * the claim of the event. Resolves to what was begun for each of them before; `false`: it took too long.
 *
 * @param begins what the event may create.
 */
export async function lockPeople(
  { key, lockIds }: Pick<Read, "key" | "lockIds">,
  begins: ReadonlyMap<string, BegunCreate>,
  { ledger, clock }: { readonly ledger: Pick<Ledger, "lockPerson">; readonly clock: Clock },
): Promise<ReadonlyMap<string, readonly BegunCreate[]> | false> {
  const waitsUntil = clock.now() + lockMilliseconds;
  const begun = new Map<string, readonly BegunCreate[]>();
  for (const id of lockIds.toSorted()) {
    for (;;) {
      const locked = await ledger.lockPerson(id, key, leaseSeconds, begins.get(id));
      if (locked) {
        begun.set(id, locked);
        break;
      }
      if (clock.now() >= waitsUntil) return false;
      await clock.wait(lookMilliseconds);
    }
  }
  return begun;
}
