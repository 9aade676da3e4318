import { identifierOf, identifiers } from "#lib/authing/identifiers.ts";
import type { ListedUserDto } from "#lib/authing/dto.ts";
import type { CreateTask, DeliveryContext } from "./context.ts";

/** How far Authing's clock and ours may differ when it is asked which event made an account. */
const clockToleranceMilliseconds = 5_000;
/** Accounts that this process has brought lately → the event or row that did, for each ledger. */
const broughtLately = new WeakMap<object, Map<string, string>>();
const mostRemembered = 10_000;

/** Notes that an event or row has brought an account; of two the first counts. */
export function rememberBrought({ ledger }: DeliveryContext, userId: string, by: string): void {
  const brought = broughtLately.get(ledger) ?? new Map<string, string>();
  broughtLately.set(ledger, brought);
  if (!brought.has(userId)) brought.set(userId, by);
  for (const oldest of brought.keys()) {
    // To walk on through all that stay would take most of the time of an import.
    if (brought.size <= mostRemembered) break;
    brought.delete(oldest);
  }
}

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
    (broughtLately.get(ledger)?.get(user.userId) ?? by) === by &&
    Date.parse(user.createdAt ?? "") >= since - clockToleranceMilliseconds &&
    user.externalId === person.externalId &&
    identifiers.every(
      (kind) => person[kind] === undefined || identifierOf(user, kind) === identifierOf(person, kind),
    )
  );
}
