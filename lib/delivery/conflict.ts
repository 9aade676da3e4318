import type { ListedUserDto } from "#lib/authing/dto.ts";
import type { Identifier } from "#lib/authing/identifiers.ts";
import type { Outcome } from "#lib/contract/outcome.ts";
import type { DeliveryContext, Task } from "./context.ts";

/**
 * What becomes of a change when another account has one of its identifiers. That an address is the same does not make two people
 * one: no identifier but our own id links by itself.
 *
 * - An account that this very source closed: the person may have come back under a new id, and an operator decides.
 * - An open account of this source: its person may just be giving the identifier up, so the event waits for a while.
 * - An account of another source or of a file: refused, naming it.
 * - An account that the ledger does not know: an operator decides. A row of a file is refused.
 */
export async function conflictWith(
  user: ListedUserDto,
  field: Identifier,
  task: Task,
  { ledger }: Pick<DeliveryContext, "ledger">,
): Promise<Outcome> {
  const { userId, externalId } = user;
  const about = { field, userId };
  const other = externalId === undefined ? undefined : await ledger.person(externalId);
  if (task.subject === undefined) return { kind: "rejected", reason: "conflict", ...about };
  if (!other) return { kind: "held", reason: "account-exists", ...about };
  const by = { by: other.createdBy };
  if (other.owner !== task.source) return { kind: "rejected", reason: "conflict", ...about, ...by };
  return other.closedBy?.includes(task.source)
    ? { kind: "held", reason: "returned-under-new-id", ...about, ...by }
    : { kind: "rejected", reason: "identifier-in-use", ...about, ...by };
}
