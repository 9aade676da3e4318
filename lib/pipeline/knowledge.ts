import type { Change } from "#lib/contract/change.ts";
import type { Ledger, PersonRecord, SubjectRecord } from "#lib/contract/ledger.ts";
import type { QueuedMessage } from "#lib/contract/queue.ts";
import { isOnlyLinked } from "#lib/delivery/people.ts";
import type { Read } from "./applying.ts";
import { newSubjectIn } from "./order.ts";

// What the ledger knows of the person that an event is about.

export interface Knowledge {
  readonly known: SubjectRecord | undefined;
  readonly person: PersonRecord | undefined;
  /** Another person who has the id that the event gives this one. */
  readonly namesake: PersonRecord | undefined;
  /** Our id of the person after the event, where it is known. */
  readonly externalId: string | undefined;
  /** The person's id was another person's before; the source has given that one another id. */
  readonly isNewcomer: boolean;
  /** What was told under the id that the source gives this person from now on. */
  readonly underNewSubject: SubjectRecord | undefined;
}

/** A sender's clock may be ahead by so much, in milliseconds. */
const clockToleranceMilliseconds = 5 * 60_000;

/**
 * An event has happened when it is received. A moment beyond that is the day on which it takes effect, a slip of the pen or a clock
 * that is wrong, and must not put what comes after it in the shade: then the event counts as of its receipt.
 */
export function datedNoLater(message: QueuedMessage): QueuedMessage {
  if (message.kind !== "event") return message;
  const { event, reception } = message;
  const isAhead =
    Date.parse(event.occurredAt) > Date.parse(reception.receivedAt) + clockToleranceMilliseconds;
  if (!isAhead) return message;
  const { occurredAt: datedAhead } = event;
  return { ...message, datedAhead, event: { ...event, occurredAt: reception.receivedAt } };
}

/** Every id under which a person that the event may be about may be locked, and which of them the ledger does not know. */
export async function lockIdsOf(
  message: QueuedMessage,
  changes: readonly Change[],
  { ledger }: { readonly ledger: Ledger },
): Promise<Pick<Read, "lockIds" | "newIds">> {
  const known = await subjectOf(message, ledger);
  const told = [known?.externalId, ...changes.flatMap(idsIn)].filter((id) => id !== undefined);
  const ids = [...new Set(told)];
  const people = await Promise.all(ids.map((id) => ledger.person(id)));
  const subject = message.kind === "event" ? [`${message.source}/${message.event.subject}`] : [];
  if (ids.length === 0) return { lockIds: subject, newIds: [] };
  return {
    lockIds: [...new Set([...ids, ...people.flatMap((each) => each?.externalId ?? [])])],
    newIds: ids.filter((_, index) => people[index] === undefined || isOnlyLinked(people[index])),
  };
}

export async function knowledgeOf(
  { message, changes }: Pick<Read, "message" | "changes">,
  { ledger }: { readonly ledger: Ledger },
): Promise<Knowledge> {
  const known = await subjectOf(message, ledger);
  const occurredAt = message.kind === "event" ? message.event.occurredAt : "";
  // Our id is told like any other field: an older event does not give back the one before.
  const isOld = (known?.told["externalId"]?.at ?? "") > occurredAt;
  const ids = changes.flatMap((change) => ("person" in change ? (change.person.externalId ?? []) : []));
  const brought = isOld ? undefined : ids[0];
  // What a leaver is called comes last: a deletion often says the source's own id only.
  const externalId = brought ?? known?.externalId ?? changes.flatMap(idsIn)[0];
  const called = changes.flatMap((change) => ("who" in change ? (change.who.externalId ?? []) : []))[0];
  const id = known?.externalId ?? called ?? externalId;
  const isRenamed = brought !== undefined && brought !== id;
  const [before, after, underNewSubject] = await Promise.all([
    id === undefined ? undefined : ledger.person(id),
    isRenamed ? ledger.person(brought) : undefined,
    toldUnderNewSubject(message, changes, ledger),
  ]);
  // An id that its person has given up is another person's now.
  const isNewcomer = known?.userId === undefined && isOwn(before, message.source) && before.externalId !== id;
  // The person may have been brought under the new id already.
  const isBrought = underNewSubject?.userId !== undefined || before === undefined;
  const isElsewhere = isBrought && (known?.userId === undefined || known.isClosed === true);
  const person = isElsewhere && after ? after : isNewcomer ? undefined : before;
  const isFree = after === undefined || after.externalId !== brought;
  const isSame = after?.externalId === person?.externalId || after?.userId === (known ?? person)?.userId;
  const namesake = isFree || isSame ? undefined : after;
  return { known, person, namesake, externalId, isNewcomer, underNewSubject };
}

/** Whether a source has brought a person, or has linked their account first. */
function isOwn(person: PersonRecord | undefined, source: string): person is PersonRecord {
  if (person?.owner !== undefined) return person.owner === source;
  return person?.createdBy.startsWith(`${source}/`) === true;
}

async function toldUnderNewSubject(
  message: QueuedMessage,
  changes: readonly Change[],
  ledger: Ledger,
): Promise<SubjectRecord | undefined> {
  const moved = message.kind === "event" ? newSubjectIn(changes, message.event.subject) : undefined;
  return moved === undefined ? undefined : ledger.subject(message.source, moved);
}

/**
 * What the source has told of the person that this event is about. Where the source has changed its id of a person, older events
 * under the old id are about that person, and newer ones about another person who was given the old id.
 */
async function subjectOf(message: QueuedMessage, ledger: Ledger): Promise<SubjectRecord | undefined> {
  if (message.kind !== "event") return undefined;
  const { source, event } = message;
  const found = await ledger.subject(source, event.subject);
  if (found?.movedTo === undefined) return found;
  const { subject: moved, ...told } = found.told;
  if (moved !== undefined && event.occurredAt <= moved.at) return ledger.subject(source, found.movedTo);
  return Object.keys(told).length === 0 ? undefined : found;
}

function idsIn(change: Change): string[] {
  const called = "who" in change ? change.who.externalId : undefined;
  const brought = "person" in change ? change.person.externalId : undefined;
  return [brought, called].filter((id) => id !== undefined && id !== "") as string[];
}
