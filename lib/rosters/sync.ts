import * as z from "zod/mini";
import type { Change, Dropped, Trail } from "#lib/contract/change.ts";
import type { EventMessage } from "#lib/contract/queue.ts";
import type { FieldEffect } from "#lib/delivery/rehearsal-authing.ts";
import { fieldDigests } from "#lib/ledger/field-digests.ts";
import { appliedText } from "#lib/operations/operate.ts";
import { rehearse } from "#lib/operations/rehearsal.ts";
import { apply } from "#lib/pipeline/apply.ts";
import type { ApplyPorts, ApplyRun } from "#lib/pipeline/applying.ts";
import { leavesScope } from "#lib/pipeline/decide.ts";
import { translatedOf } from "#lib/pipeline/meaning.ts";
import { differenceOf, type Difference } from "./difference.ts";
import { openList } from "./read-step.ts";

/**
 * Reads one person at the source, and brings to Authing what the source says: `{"operation": "sync", "source": "okta", "subject": "00u1",
 * "mode": "preview"}`.
 */
export const SyncRequest = z.strictObject({
  operation: z.literal("sync"),
  source: z.string().check(z.minLength(1), z.maxLength(200)),
  /** The source's id of the person. */
  subject: z.string().check(z.minLength(1), z.maxLength(256)),
  mode: z.enum(["preview", "apply"]),
});
export type SyncRequest = z.infer<typeof SyncRequest>;

/** What the source says of one person, and what that comes to, or would. */
export interface Synced {
  /** `absent`: the source says that it has no such person. `left`: it has the person as one who has left. */
  readonly found: "there" | "left" | "absent" | "out-of-scope";
  /** Compared with what the source has told before. */
  readonly difference: Difference["kind"];
  /** The fields that differ from what was told. */
  readonly names: readonly string[];
  /** Our id of the person, where one is known. */
  readonly externalId?: string;
  readonly trail: Trail;
  readonly dropped: readonly Dropped[];
  /** As `npm run parked` tells it: `accepted`, `already-done nothing-to-change`; `undefined` where there is nothing to do. */
  readonly result?: string;
  /** Of a preview: the fields at Authing that would differ. */
  readonly fields?: Readonly<Record<string, FieldEffect>>;
}

/**
 * Everything that the source says of the person is told anew, as of now: what an operator has changed at Authing is mended. A person
 * that the source does not have, or has as one who has left, leaves; the guard counts the departure like any other.
 *
 * @throws InboundError the failures of the source, and those of its translation and of the configuration's own functions.
 */
export async function sync(
  { source, subject, mode }: SyncRequest,
  ports: ApplyPorts,
  run: Pick<ApplyRun, "owner" | "deadline">,
): Promise<Synced> {
  const { ledger, clock, timeZone, secrets } = ports;
  const requests = { source: 0, authing: 0 };
  const { list, api } = await openList(source, { ...ports, deadline: run.deadline, requests });
  const at = new Date(clock.now()).toISOString();
  const person = await list.person(api, subject);
  const told = { id: `sync/${at}/${subject}`, subject, occurredAt: at };
  const meaning = person
    ? translatedOf(source, { ...told, type: person.type, payload: person.payload }, ports)
    : { changes: [{ kind: "leave", who: {} } as const] };
  const known = await ledger.subject(source, subject);
  const outOfScope = "outOfScope" in meaning ? meaning.outOfScope : undefined;
  const changes: readonly Change[] = [...meaning.changes, ...leavesScope(outOfScope?.policy, { known })];
  const difference = differenceOf(
    { changes, at, isActive: outOfScope === undefined && person?.isActive === true },
    known,
    { digest: (await fieldDigests(secrets))(source, subject), now: clock.now(), timeZone },
  );
  const applied = difference.kind === "joiner" || difference.kind === "back" ? difference.changes : changes;
  const traced = changes.filter((change) => "trail" in change);
  const brought = traced.map((change) => change.person.externalId).find((id) => id !== undefined);
  const externalId = known?.externalId ?? brought ?? outOfScope?.externalId;
  const said = {
    found: foundOf(),
    difference: difference.kind,
    names: "names" in difference ? difference.names : [],
    ...(externalId !== undefined && { externalId }),
    trail: Object.assign({}, ...traced.map(({ trail }) => trail)) as Trail,
    dropped: traced.flatMap(({ dropped }) => dropped ?? []),
  } satisfies Synced;
  if (difference.kind === "gone" || applied.length === 0) return said;
  const message: EventMessage = {
    kind: "event",
    source,
    event: { ...told, type: person ? "sync.listed" : "sync.absent", payload: null },
    reception: { receivedAt: at, proof: "source-api" },
    changes: applied,
  };
  if (mode === "preview") {
    const rehearsed = await rehearse(message, ports, run);
    return { ...said, result: appliedText(rehearsed.applied), fields: rehearsed.fields };
  }
  const [done] = await apply([message], ports, run);
  return { ...said, result: appliedText(done) };

  function foundOf(): Synced["found"] {
    if (outOfScope) return "out-of-scope";
    if (!person) return "absent";
    return changes.some(({ kind }) => kind === "leave") ? "left" : "there";
  }
}
