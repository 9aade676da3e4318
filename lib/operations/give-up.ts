import type { EventKey } from "#lib/contract/ledger.ts";
import type { Outcome } from "#lib/contract/outcome.ts";
import type { ParkedMessage } from "#lib/contract/parked.ts";
import { eventRecord, outcomesKeptSeconds } from "#lib/ledger/event-record.ts";
import type { ApplyPorts } from "#lib/pipeline/applying.ts";

/** How long an operator who decides may take over from another one who was cut off, in seconds. */
const decisionSeconds = 30;

/** Under which key the ledger knows a parked message. */
export const keyOf = ({ message, ledgerId }: ParkedMessage): EventKey => ({
  source: message.source,
  id: ledgerId,
});

/**
 * Gives a parked message up: it is over, with this outcome, and nothing happens to the account. Resolves to `false` while another one
 * decides about it.
 */
export async function giveUp(
  parked: ParkedMessage,
  outcome: Outcome,
  { ledger, clock, parked: store }: Pick<ApplyPorts, "ledger" | "clock" | "parked">,
  { owner }: { readonly owner: string },
): Promise<boolean> {
  const { message } = parked;
  if (message.kind === "event") {
    const key = keyOf(parked);
    await ledger.reopen(key);
    // Claimed, since another operator may be releasing it, and one that was cut off may have opened it before.
    const { state } = await ledger.claim(key, { owner, leaseSeconds: decisionSeconds });
    if (state === "busy") return false;
    if (state === "claimed") {
      const { type, subject, occurredAt } = message.event;
      const known = await ledger.subject(message.source, subject);
      const { reception } = message;
      const about = { key, type, subject, externalId: known?.externalId, occurredAt, reception, outcome };
      await ledger.settle([eventRecord(about, clock.now())], outcomesKeptSeconds);
    }
  }
  await store.remove(parked);
  return true;
}
