import { InboundError } from "#lib/contract/errors.ts";
import type { ParkedMessage } from "#lib/contract/parked.ts";
import { outcomeText } from "#lib/contract/outcome.ts";
import type { EventMessage } from "#lib/contract/queue.ts";
import { apply } from "#lib/pipeline/apply.ts";
import type { Applied, ApplyPorts, ApplyRun } from "#lib/pipeline/applying.ts";
import { reopenDelivery } from "#lib/pipeline/verified-delivery.ts";
import { giveUp, keyOf } from "./give-up.ts";
import { refuseAmbiguous } from "./list.ts";
import { rowOf, type ParkedRow } from "./parked-row.ts";
import { rehearse } from "./rehearsal.ts";
import type { FieldEffect } from "#lib/delivery/rehearsal-authing.ts";
import type { ChangeRequest } from "./requests.ts";
import { pagesOf } from "./selection.ts";

/** What became of some of the messages that a request is about, or would. `next`: where it goes on, for `after`. */
export interface ChangedMessages {
  readonly rows: readonly ParkedRow[];
  readonly next?: string;
}

interface Result {
  readonly result: string;
  readonly fields?: Readonly<Record<string, FieldEffect>>;
}

/** The message stays parked as it is; the operator may try again. */
const notNow = "not now";

/**
 * Carries a request out for about `limit` messages, or says what it would come to. Each is safe to ask for twice, and by two operators
 * at once: what is over is parked no more, an event is claimed before anything is done about it, and what was told since an event was
 * parked supersedes it, field by field.
 */
export async function operate(
  request: ChangeRequest,
  ports: ApplyPorts,
  run: { owner: string; deadline: number },
): Promise<ChangedMessages> {
  const { most = Infinity } = request;
  const rows: ParkedRow[] = [];
  for await (const { messages, next } of pagesOf(request, ports)) {
    refuseAmbiguous(request.id, messages);
    for (const parked of messages.slice(0, most - rows.length))
      rows.push({ ...rowOf(parked), ...(await carryOut(request, parked, ports, run)) });
    if (rows.length >= most) break;
    const isEnough = rows.length >= request.limit || ports.clock.now() >= run.deadline;
    if (next !== undefined && isEnough) return { rows, next };
  }
  return { rows };
}

async function carryOut(
  request: ChangeRequest,
  parked: ParkedMessage,
  ports: ApplyPorts,
  run: { owner: string; deadline: number },
): Promise<Result> {
  if (ports.clock.now() >= run.deadline) return { result: notNow };
  const act = request.mode === "preview" ? rehearseAgain : again;
  switch (request.operation) {
    case "discard":
      return request.mode === "preview" ? { result: "discarded" } : discard(parked, ports, run);
    case "redrive":
      return act(parked, ports, run);
    case "release": {
      // What is held for its identifier is the operator's to place; a departure that is held is only theirs to let go.
      const isAboutAccount = parked.reason !== "mass-departure";
      if (isAboutAccount !== (request.as === "same")) {
        return { result: isAboutAccount ? "needs --as same, or discard" : "is no question of an account" };
      }
      return act(parked, ports, { ...run, releases: true, isSame: isAboutAccount });
    }
  }
}

/** Says what applying a parked message would come to, and changes nothing. */
async function rehearseAgain(parked: ParkedMessage, ports: ApplyPorts, run: ApplyRun): Promise<Result> {
  const messages = readAgain(parked, ports);
  if (messages instanceof InboundError) return { result: `dead ${messages.reason}` };
  const all = await Promise.all(messages.map((each) => rehearse(each, ports, run)));
  const fields = Object.assign({}, ...all.map((each) => each.fields)) as Record<string, FieldEffect>;
  return {
    result: all.map(({ applied }) => appliedText(applied)).join(", "),
    ...(Object.keys(fields).length > 0 && { fields }),
  };
}

/** What became of a message, or would, in a few words: `accepted`, `rejected conflict (email)`, `waiting date-ahead`. */
export function appliedText(applied: Applied | undefined): string {
  if (applied?.state === "done") return outcomeText(applied.outcome);
  const { reason = "" } = applied ?? {};
  return `${applied?.state === "waiting" ? "waiting" : notNow} ${reason}`.trim();
}

/** Applies a parked message. It is parked no more, unless it is parked anew. */
async function again(parked: ParkedMessage, ports: ApplyPorts, run: ApplyRun): Promise<Result> {
  const { message, kind } = parked;
  const messages = readAgain(parked, ports);
  if (messages instanceof InboundError) return { result: `dead ${messages.reason}` };
  if (message.kind === "event") await ports.ledger.reopen(keyOf(parked));
  const all: (Applied | undefined)[] = [];
  for (const each of messages) all.push((await apply([each], ports, run))[0]);
  // Of a delivery that could not be read, it stays parked for those of its events that cannot be decided now.
  const isUndecided = all.some((applied) => applied === undefined || applied.state === "later");
  const [first] = all;
  const isParkedAnew = message.kind === "event" && first?.state === "done" && first.outcome.kind === kind;
  if (!isUndecided && !isParkedAnew) await ports.parked.remove(parked);
  return { result: all.map(appliedText).join(", ") };
}

/** Gives a message up: it is over, and nothing happens to the account. */
async function discard(
  parked: ParkedMessage,
  ports: ApplyPorts,
  run: { readonly owner: string },
): Promise<Result> {
  const isOver = await giveUp(parked, { kind: "rejected", reason: "discarded" }, ports, run);
  return { result: isOver ? "discarded" : `${notNow} event-busy` };
}

/** The events of a message: itself, or what today's code can read in a delivery that could not be read. */
function readAgain(
  { kind, message, ledgerId }: ParkedMessage,
  { source: sourceOf }: ApplyPorts,
): readonly EventMessage[] | InboundError {
  if (message.kind === "event") return [{ ...message, parkedAs: { kind, ledgerId } }];
  const source = sourceOf(message.source);
  if (!source) return new InboundError("misconfigured", "source-not-enabled");
  const { delivery, reception } = message;
  try {
    const events = source.split(reopenDelivery(delivery, reception));
    const unread = events.find((event) => event instanceof InboundError);
    if (unread) return unread;
    return events.flatMap((event) =>
      event instanceof InboundError
        ? []
        : { kind: "event" as const, source: message.source, event, reception },
    );
  } catch (error) {
    return error instanceof InboundError ? error : new InboundError("malformed", "split-failed");
  }
}
