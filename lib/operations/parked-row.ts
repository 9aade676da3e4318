import { shortIdOf, type ParkedKind, type ParkedMessage } from "#lib/contract/parked.ts";
import { subjectOf } from "#lib/contract/queue.ts";
import type { FieldEffect } from "#lib/delivery/rehearsal-authing.ts";

/** A parked message as an operator sees it. Codes and ids only. */
export interface ParkedRow {
  readonly kind: ParkedKind;
  readonly source: string;
  readonly id: string;
  /** What people read and type in place of the id. */
  readonly shortId: string;
  readonly type: string;
  /** The source's id of the person; of a delivery that could not be read, its own id. */
  readonly subject: string;
  /** Our id of the person, where it is known. */
  readonly externalId?: string;
  /** When it was received first, ISO 8601, UTC. */
  readonly since: string;
  readonly attempts: number;
  /** Why it is parked and where in the input; what to do next, where the failure itself says more than lib/reasons. */
  readonly reason: string;
  readonly path?: string;
  readonly hint?: string;
  /** When it is tried again, ISO 8601, UTC. */
  readonly dueAt?: string;
  /** What became of it, or would: an outcome, with its reason where it has one. */
  readonly result?: string;
  /** Of a preview: the fields at Authing that would differ. */
  readonly fields?: Readonly<Record<string, FieldEffect>>;
}

export function rowOf({ kind, message, ledgerId, since, attempts, ...parked }: ParkedMessage): ParkedRow {
  const { reason, path, hint, externalId, dueAt } = parked;
  return {
    kind,
    source: message.source,
    id: ledgerId,
    shortId: shortIdOf(ledgerId),
    type: message.kind === "event" ? message.event.type : "unreadable",
    subject: subjectOf(message),
    since,
    attempts,
    reason,
    ...(path !== undefined && { path }),
    ...(hint !== undefined && { hint }),
    ...(externalId !== undefined && { externalId }),
    ...(dueAt !== undefined && { dueAt }),
  };
}
