import * as z from "zod/mini";
import type { AuthingClient } from "#lib/authing/client.ts";
import type { EventKey, EventRecord, Ledger, PersonRecord } from "#lib/contract/ledger.ts";
import {
  parkedKinds,
  staysParked,
  type Parked,
  type ParkedKind,
  type ParkedMessage,
} from "#lib/contract/parked.ts";
import { endOfDay } from "#lib/pipeline/dates.ts";
import { accountOf, mayBeAddress, mayBeUserId, type Account } from "./authing-account.ts";
import { knownOf, matcherOf, pagesOf } from "./selection.ts";

/**
 * What became of a person or of an event. `asked` is our id of a person, today's or an earlier one; Authing's id; `source/subject`;
 * `source/<event id>` or an event's id alone; `uploads/<import>/<row>`. With `askAuthing` it may be an e-mail address or a phone number: it
 * is looked up at Authing, and neither stored nor repeated.
 */
export const ExplainRequest = z.strictObject({
  operation: z.literal("explain"),
  asked: z.string().check(z.minLength(1), z.maxLength(1000)),
  askAuthing: z._default(z.boolean(), false),
});
export type ExplainRequest = z.infer<typeof ExplainRequest>;

/** Why an event is parked, since when, and until when where that is known. */
export interface WhyParked extends Pick<
  ParkedMessage,
  "kind" | "reason" | "path" | "hint" | "dueAt" | "attempts"
> {
  /** Since when its source is paused, where that is what it waits for: ISO 8601, UTC. */
  readonly pausedSince?: string;
  /** Of a day that lies ahead: the event that has said something newer since, so that it lapses when it is due. */
  readonly lapsedBy?: string;
}

/** An event: what became of it, why it is parked, or both. One that waits has no outcome yet, and no trail. */
export interface ExplainedEvent
  extends Omit<EventRecord, "settledAt" | "outcome">, Partial<Pick<EventRecord, "settledAt" | "outcome">> {
  readonly parked?: WhyParked;
  /** Where another account has what the person needs: our id of the person who has it. */
  readonly otherExternalId?: string;
  /** Of a departure that is held as one of many: the people whose departures of that hour were applied, by our id or the source's. */
  readonly leftBefore?: readonly string[];
}

/** What an operator is told where nothing is known: where else to look. */
export interface Elsewhere {
  /** The sources that are switched on, and since when each is paused. */
  readonly sources: readonly { readonly name: string; readonly pausedSince?: string }[];
  /** Parked deliveries that could not be read: whose people they are about is not known. */
  readonly unreadable: number;
  /** Events that wait to be read from their source's API: only the source's id of the person is known. */
  readonly unread: number;
  /** Not every parked message was looked through. */
  readonly isPartial?: true;
}

export interface Explanation {
  /** What is known of the person today. */
  readonly person?: PersonRecord;
  /** What Authing answers, where it was asked. */
  readonly account?: Account;
  readonly events: readonly ExplainedEvent[];
  /** Where neither a person nor an event is known. */
  readonly elsewhere?: Elsewhere;
}

export interface ExplainPorts {
  readonly ledger: Pick<
    Ledger,
    "event" | "events" | "person" | "subject" | "pausedSince" | "firstDepartures"
  >;
  readonly parked: Pick<Parked, "list">;
  readonly authing: Pick<AuthingClient, "getUser">;
  /** Names of the sources that are switched on. */
  readonly sources: readonly string[];
  /** Where days begin and end, e.g. `Asia/Shanghai`. */
  readonly timeZone: string;
}

/** Parked messages that are looked through, the oldest ones of each kind. */
const maxParked = 5000;

/** Events in the order in which they were decided, and behind them those that wait for the first time. */
export async function explain(
  { asked, askAuthing }: ExplainRequest,
  ports: ExplainPorts,
): Promise<Explanation> {
  const known = await explainPerson(asked, ports);
  if (known) return known;
  const subject = await personOfSubject(asked, ports);
  const byElse = subject === undefined ? undefined : await explainPerson(subject, ports);
  if (byElse) return byElse;
  const events = await explainEvent(asked, ports);
  if (events.length > 0) return { events };
  if (mayBeUserId(asked) || (askAuthing && mayBeAddress(asked))) {
    const account = await accountOf(asked, ports.authing);
    const { externalId } = account ?? {};
    const person = externalId === undefined ? undefined : await explainPerson(externalId, ports);
    if (account) return { events: [], ...person, account };
  }
  return { events: [], elsewhere: await elsewhereOf(ports) };
}

/** `undefined` where neither a person nor an event is known by this id. */
async function explainPerson(asked: string, ports: ExplainPorts): Promise<Explanation | undefined> {
  const known = await knownOf(asked, ports.ledger);
  const { person } = known;
  const events = await joined(known.events, ports, matcherOf(known));
  if (!person && events.length === 0) return undefined;
  return { events, ...(person && { person }) };
}

/** Our id of the person that a source calls so: `source/subject`. */
async function personOfSubject(
  asked: string,
  { ledger, sources }: ExplainPorts,
): Promise<string | undefined> {
  const slash = asked.indexOf("/");
  const source = asked.slice(0, slash);
  if (slash <= 0 || !sources.includes(source)) return undefined;
  const told = await ledger.subject(source, asked.slice(slash + 1));
  const moved = told?.movedTo === undefined ? told : await ledger.subject(source, told.movedTo);
  return moved?.externalId;
}

async function explainEvent(asked: string, ports: ExplainPorts): Promise<ExplainedEvent[]> {
  const keys = keysOf(asked, ports.sources);
  const found = await Promise.all(keys.map((key) => ports.ledger.event(key)));
  const records = found
    .filter((record) => record !== undefined)
    .toSorted((one, other) => (one.settledAt < other.settledAt ? -1 : 1));
  return joined(records, ports, ({ ledgerId, message }) =>
    keys.some(({ source, id }) => source === message.source && id === ledgerId),
  );
}

async function elsewhereOf({ ledger, parked, sources }: ExplainPorts): Promise<Elsewhere> {
  const each = sources.map(async (name) => {
    const pausedSince = await ledger.pausedSince(name);
    return { name, ...(pausedSince !== undefined && { pausedSince }) };
  });
  let unreadable = 0;
  let unread = 0;
  const { isPartial } = await lookThrough(
    ["dead", "waiting"],
    { ledger, parked },
    ({ kind, message, externalId }) => {
      if (message.kind === "unreadable") unreadable += 1;
      else if (kind === "waiting" && externalId === undefined) unread += 1;
    },
  );
  return { sources: await Promise.all(each), unreadable, unread, ...(isPartial && { isPartial }) };
}

/** Shows each parked message of some kinds, until too many were read. */
async function lookThrough(
  kinds: readonly ParkedKind[],
  ports: Pick<ExplainPorts, "ledger" | "parked">,
  look: (message: ParkedMessage) => void,
): Promise<{ isPartial?: true }> {
  let read = 0;
  for await (const page of pagesOf({ kinds }, ports)) {
    for (const message of page.messages) look(message);
    read += page.read;
    if (read >= maxParked && page.next !== undefined) return { isPartial: true };
  }
  return {};
}

/** Outcomes, each with why its event is parked where it is, and the events that wait. */
async function joined(
  records: readonly EventRecord[],
  ports: ExplainPorts,
  isAsked: (message: ParkedMessage) => boolean,
): Promise<ExplainedEvent[]> {
  const { ledger, timeZone } = ports;
  // Only of an outcome that an operator can change the event is parked; what waits has no outcome.
  const outcomeKinds = new Set<ParkedKind>(records.map(({ outcome }) => outcome.kind).filter(staysParked));
  const asked = new Map<string, ParkedMessage>();
  const kinds = parkedKinds.filter((kind) => kind === "waiting" || outcomeKinds.has(kind));
  await lookThrough(kinds, ports, (each) => {
    if (isAsked(each)) asked.set(nameOf(each), each);
  });
  const why = async (each: ParkedMessage): Promise<WhyParked> => {
    const { kind, reason, path, dueAt, attempts, message, hint } = each;
    const pausedSince = reason === "source-paused" ? await ledger.pausedSince(message.source) : undefined;
    const lapsedBy = reason === "date-ahead" ? await newerThan(each, ledger, timeZone) : undefined;
    return {
      kind,
      reason,
      attempts,
      ...(path !== undefined && { path }),
      ...(hint !== undefined && { hint }),
      ...(dueAt !== undefined && { dueAt }),
      ...(pausedSince !== undefined && { pausedSince }),
      ...(lapsedBy !== undefined && { lapsedBy }),
    };
  };
  const settled = records.map(async (record): Promise<ExplainedEvent> => {
    const name = `${record.outcome.kind}/${record.source}/${record.id}`;
    const own = asked.get(name);
    asked.delete(name);
    const otherExternalId = await otherPerson(record, ledger);
    const leftBefore = own?.reason === "mass-departure" ? await peopleWhoLeft(record, ledger) : undefined;
    return {
      ...record,
      ...(own && { parked: await why(own) }),
      ...(otherExternalId !== undefined && { otherExternalId }),
      ...(leftBefore && { leftBefore }),
    };
  });
  const outcomes = await Promise.all(settled);
  const waiting = [...asked.values()].filter(({ kind }) => kind === "waiting");
  return [
    ...outcomes,
    ...(await Promise.all(waiting.map(async (each) => ({ ...unsettled(each), parked: await why(each) })))),
  ];
}

/** What its source has told since about the person's access or departure. That the same last day was said again changes nothing. */
async function newerThan(
  { message, dueAt = "" }: ParkedMessage,
  ledger: Pick<Ledger, "subject">,
  timeZone: string,
): Promise<string | undefined> {
  if (message.kind !== "event") return undefined;
  const { source, event } = message;
  const known = await ledger.subject(source, event.subject);
  const { access, departure } = known?.told ?? {};
  const isSameDay = Boolean(known?.lastDay) && endOfDay(known?.lastDay ?? "", timeZone) === Date.parse(dueAt);
  const newer = [access, isSameDay ? undefined : departure].find(
    (told) => told !== undefined && told.by !== event.id && told.at > event.occurredAt,
  );
  return newer && `${source}/${newer.by}`;
}

const nameOf = ({ kind, message, ledgerId }: ParkedMessage) => `${kind}/${message.source}/${ledgerId}`;

/** Of an outcome that names what brought another account: whose account that is. */
async function otherPerson(
  { outcome: { kind, by }, externalId }: EventRecord,
  ledger: Pick<Ledger, "event">,
): Promise<string | undefined> {
  if (by === undefined || (kind !== "held" && kind !== "rejected")) return undefined;
  const slash = by.indexOf("/");
  const other = (await ledger.event({ source: by.slice(0, slash), id: by.slice(slash + 1) }))?.externalId;
  return other === externalId ? undefined : other;
}

/** The people whose departures came first in the same wave, and were applied. */
async function peopleWhoLeft(
  { source, settledAt }: EventRecord,
  ledger: ExplainPorts["ledger"],
): Promise<readonly string[]> {
  const ids = await ledger.firstDepartures(source, settledAt);
  const records = await Promise.all(ids.map((id) => ledger.event({ source, id })));
  return records.flatMap((record) =>
    record && record.outcome.kind !== "held" ? (record.externalId ?? `${source}/${record.subject}`) : [],
  );
}

function unsettled({ message, ledgerId, externalId }: ParkedMessage): Omit<ExplainedEvent, "parked"> {
  const { source, reception } = message;
  const event = message.kind === "event" ? message.event : undefined;
  return {
    source,
    id: ledgerId,
    type: event?.type ?? "unreadable",
    subject: event?.subject ?? "",
    ...(externalId !== undefined && { externalId }),
    occurredAt: event?.occurredAt ?? reception.receivedAt,
    receivedAt: reception.receivedAt,
    proof: reception.proof,
    changes: [],
    trail: {},
  };
}

/** Whose event it may be: what stands before the first slash, or, since ids hold slashes too, anybody's. */
function keysOf(asked: string, sources: readonly string[]): EventKey[] {
  const slash = asked.indexOf("/");
  const named = slash > 0 ? [{ source: asked.slice(0, slash), id: asked.slice(slash + 1) }] : [];
  return [...named, ...[...sources, "uploads"].map((source) => ({ source, id: asked }))];
}
