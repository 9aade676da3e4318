import type { Change } from "#lib/contract/change.ts";
import type { BegunCreate } from "#lib/contract/ledger.ts";
import { identifierDigests, noteBegun } from "#lib/delivery/begun.ts";
import type { ApplyPorts, ApplyRun, Read } from "./applying.ts";
import { brings } from "./decide.ts";
import { digestsFor } from "./record.ts";

/** Of each of our ids that the ledger does not know, what the event may create; nothing without the key of digests. */
export async function createsBegunBy(
  { key, changes, newIds }: Pick<Read, "key" | "changes" | "newIds">,
  { clock, secrets }: Pick<ApplyPorts, "clock" | "secrets">,
): Promise<ReadonlyMap<string, BegunCreate>> {
  const begun = new Map<string, BegunCreate>();
  const [person] = changes.flatMap(personIn);
  if (person === undefined) return begun;
  const at = new Date(clock.now()).toISOString();
  for (const id of newIds) {
    const digest = await digestsFor("people", id, secrets);
    if (digest) begun.set(id, { ...key, at, digests: identifierDigests(person, digest) });
  }
  return begun;
}

/** Who is created by a change, where it creates an account. */
const personIn = (change: Change) =>
  brings(change) && "person" in change ? [change.whole ?? change.person] : [];

/**
 * Notes whose people they are that an event is about, where another worker has created them and could not note it.
 *
 * @param begun of each id that is locked, what was begun before.
 * @throws InboundError `unavailable` where Authing cannot say it now.
 */
export async function noteLeftUndone(
  { newIds, key, message: { parkedAs } }: Pick<Read, "newIds" | "key" | "message">,
  begun: ReadonlyMap<string, readonly BegunCreate[]>,
  ports: ApplyPorts,
  { deadline }: Pick<ApplyRun, "deadline">,
): Promise<void> {
  // What waits has no outcome.
  const ended = parkedAs === undefined || parkedAs.kind === "waiting" ? undefined : key;
  for (const id of newIds) {
    const creates = begun.get(id) ?? [];
    const digest = creates.length > 0 && (await digestsFor("people", id, ports.secrets));
    if (digest) await noteBegun(id, creates, digest, { ...ports, deadline }, ended);
  }
}
