import { identifierOf, identifiers } from "#lib/authing/identifiers.ts";
import type { ListedUserDto } from "#lib/authing/dto.ts";
import type { CreateTask, DeliveryContext } from "./context.ts";

/** How far Authing's clock and ours may differ when it is asked which event made an account. */
export const clockToleranceMilliseconds = 5_000;
interface Brought {
  /** Account → the event or row that brought it. */
  lately: Map<string, string>;
  before: ReadonlyMap<string, string>;
}

/** Accounts that this process has brought lately, for each ledger. */
const broughtLately = new WeakMap<object, Brought>();
/** At least so many are remembered, and at most twice as many. */
const remembered = 10_000;

/** Notes that an event or row has brought an account; of two the first counts. */
export function rememberBrought({ ledger }: DeliveryContext, userId: string, by: string): void {
  let brought = broughtLately.get(ledger);
  if (brought === undefined) {
    brought = { lately: new Map(), before: new Map() };
    broughtLately.set(ledger, brought);
  }
  if (broughtBy(brought, userId) !== undefined) return;
  brought.lately.set(userId, by);
  // A map whose oldest entry is deleted for each new one takes longer and longer to find it.
  if (brought.lately.size >= remembered) {
    brought.before = brought.lately;
    brought.lately = new Map();
  }
}

const broughtBy = (brought: Brought | undefined, userId: string): string | undefined =>
  brought?.lately.get(userId) ?? brought?.before.get(userId);

/**
 * Whether an account began after the event was received, has every identifier that the event brings and no other id of ours, and was
 * brought by no other event: of people without our id the ledger does not know what brought them.
 */
export function isMadeBy(
  { since, by, change: { person } }: CreateTask,
  user: ListedUserDto,
  { ledger }: DeliveryContext,
): boolean {
  return (
    (broughtBy(broughtLately.get(ledger), user.userId) ?? by) === by &&
    Date.parse(user.createdAt ?? "") >= since - clockToleranceMilliseconds &&
    user.externalId === person.externalId &&
    identifiers.every(
      (kind) => person[kind] === undefined || identifierOf(user, kind) === identifierOf(person, kind),
    )
  );
}
