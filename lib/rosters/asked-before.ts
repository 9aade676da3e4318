import { createHash } from "node:crypto";
import type { Change } from "#lib/contract/change.ts";
import type { ParkedKind, ParkedMessage } from "#lib/contract/parked.ts";
import { subjectOf } from "#lib/contract/queue.ts";
import { massDeparture } from "#lib/pipeline/guard.ts";
import type { RosterPorts } from "./roster-ports.ts";

const parkedAtOnce = 50;
/** More parked messages than this are not remembered: what they said is said anew. */
const mostRemembered = 10_000;

/** What earlier rosters said and is still parked: the same is not said anew each night. Each is subject → digest of what was said. */
export interface AskedBefore {
  /** Whose account it is: an operator has not decided. */
  readonly undecided: ReadonlyMap<string, string>;
  /** That a person is back, which `rehire: "reject"` refuses. */
  readonly rejected: ReadonlyMap<string, string>;
}

export async function askedBefore(
  source: string,
  { parked, rehirePolicy }: Pick<RosterPorts, "parked" | "rehirePolicy">,
): Promise<AskedBefore> {
  const undecided = new Map<string, string>();
  const rejected = new Map<string, string>();
  const kinds: ParkedKind[] = rehirePolicy(source) === "reject" ? ["held", "rejected"] : ["held"];
  let after: string | undefined;
  do {
    const page = await parked.list({ kinds, source }, parkedAtOnce, after);
    for (const each of page.messages) {
      const { message } = each;
      if (message.kind !== "event" || !message.changes) continue;
      const digest = digestOf(message.changes);
      if (isQuestion(each)) undecided.set(subjectOf(message), digest);
      if (isRefusedReturn(each) && rehirePolicy(source) === "reject")
        rejected.set(subjectOf(message), digest);
    }
    after = page.next;
  } while (after !== undefined && undecided.size + rejected.size < mostRemembered);
  return { undecided, rejected };
}

/** Whether an operator is asked whose account a person has; a held departure is no such question. */
export const isQuestion = ({ kind, reason }: Pick<ParkedMessage, "kind" | "reason">): boolean =>
  kind === "held" && reason !== massDeparture;

/** Whether this says of a person whose account is closed that they are back. */
export const isRefusedReturn = ({ kind, reason }: Pick<ParkedMessage, "kind" | "reason">): boolean =>
  kind === "rejected" && reason === "account-not-active";

export const digestOf = (changes: readonly Change[]): string =>
  createHash("sha256").update(JSON.stringify(changes)).digest("base64url");
