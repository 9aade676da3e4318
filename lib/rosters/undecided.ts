import { createHash } from "node:crypto";
import type { Change } from "#lib/contract/change.ts";
import { subjectOf } from "#lib/contract/queue.ts";
import { massDeparture } from "#lib/pipeline/guard.ts";
import type { RosterPorts } from "./roster-ports.ts";

const parkedAtOnce = 50;
/** More questions than this are asked anew. */
const mostQuestions = 10_000;

/**
 * The people about whose accounts an earlier roster has asked the operator, who has not decided yet: subject → digest of what was asked. The
 * same question is not asked anew each night.
 */
export async function undecidedBefore(
  source: string,
  { parked }: Pick<RosterPorts, "parked">,
): Promise<ReadonlyMap<string, string>> {
  const asked = new Map<string, string>();
  let after: string | undefined;
  do {
    const page = await parked.list({ kinds: ["held"], source }, parkedAtOnce, after);
    for (const { message, reason } of page.messages)
      if (message.kind === "event" && message.changes && reason !== massDeparture)
        asked.set(subjectOf(message), digestOf(message.changes));
    after = page.next;
  } while (after !== undefined && asked.size < mostQuestions);
  return asked;
}

export const digestOf = (changes: readonly Change[]): string =>
  createHash("sha256").update(JSON.stringify(changes)).digest("base64url");
