import * as z from "zod/mini";
import type { EventKey, EventRecord, Ledger, PersonRecord } from "#lib/contract/ledger.ts";
import { staysParked, type Parked, type ParkedKind, type ParkedMessage } from "#lib/contract/parked.ts";
import { endOfDay } from "#lib/pipeline/dates.ts";
import { nextStep } from "#lib/reasons/explain-reason.ts";

const text = z.string().check(z.minLength(1), z.maxLength(1000));

/** What became of a person, event by event, or of one event: `okta/<id>`, `uploads/<import>/<row>`, or the id alone. */
export const ExplainRequest = z.union([
  z.strictObject({ operation: z.literal("explain"), externalId: text }),
  z.strictObject({ operation: z.literal("explain"), event: text }),
  /** What is known of a person today, by our id of them, today's or an earlier one. */
  z.strictObject({ operation: z.literal("person"), externalId: text }),
]);
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
}

export interface ExplainPorts {
  readonly ledger: Pick<Ledger, "event" | "events" | "person" | "subject" | "pausedSince">;
  readonly parked: Pick<Parked, "list">;
  /** Names of the sources that are switched on. */
  readonly sources: readonly string[];
  /** Where days begin and end, e.g. `Asia/Shanghai`. */
  readonly timeZone: string;
}

/** Events that explain a person: the newest ones. */
const maxEvents = 100;
/** Parked messages of one kind that are looked through, the oldest ones. */
const maxParked = 1000;

/**
 * Events in the order in which they were decided, and behind them those that wait for the first time. An id alone may be that of
 * several sources' events. Nothing when none is known. Of the operation `person`: one record, or none.
 */
export async function explain(
  request: ExplainRequest,
  ports: ExplainPorts,
): Promise<readonly ExplainedEvent[] | readonly PersonRecord[]> {
  if (request.operation === "person") {
    const person = await ports.ledger.person(request.externalId);
    return person ? [person] : [];
  }
  return "externalId" in request
    ? explainPerson(request.externalId, ports)
    : explainEvent(request.event, ports);
}

async function explainPerson(asked: string, ports: ExplainPorts): Promise<ExplainedEvent[]> {
  const { ledger } = ports;
  const [records, person] = await Promise.all([ledger.events(asked, maxEvents), ledger.person(asked)]);
  const ids = new Set([asked, person?.externalId, ...(person?.formerly ?? [])]);
  // An event that waits for its source's API has not been read: then only the source's id says whose it is.
  const subjects = new Set(records.map(({ source, subject }) => `${source}/${subject}`));
  return joined(records, ports, ({ externalId, message }) => {
    const isOfSubject =
      message.kind === "event" && subjects.has(`${message.source}/${message.event.subject}`);
    return isOfSubject || (externalId !== undefined && ids.has(externalId));
  });
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

/** Outcomes, each with why its event is parked where it is, and the events that wait. */
async function joined(
  records: readonly EventRecord[],
  { ledger, parked, timeZone }: ExplainPorts,
  isAsked: (message: ParkedMessage) => boolean,
): Promise<ExplainedEvent[]> {
  // Only of an outcome that an operator can change the event is parked; what waits has no outcome.
  const kinds = new Set<ParkedKind>([
    "waiting",
    ...records.map(({ outcome }) => outcome.kind).filter(staysParked),
  ]);
  const lists = await Promise.all([...kinds].map((kind) => parked.list(kind, maxParked)));
  const asked = new Map(
    lists
      .flat()
      .filter(isAsked)
      .map((each) => [nameOf(each), each]),
  );
  const why = async (each: ParkedMessage): Promise<WhyParked> => {
    const { kind, reason, path, dueAt, attempts, message, ledgerId: id } = each;
    const { hint = nextStep(reason, { language: "en", source: message.source, id }) } = each;
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
    return {
      ...record,
      ...(own && { parked: await why(own) }),
      ...(otherExternalId !== undefined && { otherExternalId }),
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
