import type { OperationRequest } from "#lib/handlers/operations.ts";
import type { ParkedList } from "#lib/operations/list.ts";
import type { Operate } from "./operations-client.ts";

/** The list with its totals, from the first messages on that meet the conditions: they may stand behind thousands that do not. */
export async function firstFound(
  operate: Operate,
  request: Extract<OperationRequest, { operation: "list" }>,
): Promise<ParkedList> {
  let found = await operate<ParkedList>({ ...request, totals: true });
  while (found.rows.length === 0 && found.next !== undefined) {
    found = await operate<ParkedList>({ ...request, totals: true, after: found.next });
  }
  return found;
}
