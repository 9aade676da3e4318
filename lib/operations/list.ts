import type { EventRecord, Ledger } from "#lib/contract/ledger.ts";
import { parkedKinds, type Parked, type ParkedCount, type ParkedMessage } from "#lib/contract/parked.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { QueuedMessage } from "#lib/contract/queue.ts";
import { otherSources, type OtherSources } from "./other-sources.ts";
import { rowOf, type ParkedRow } from "./parked-row.ts";
import { pagesOf, type SelectionPorts } from "./selection.ts";
import type { ListRequest, ShowRequest } from "./requests.ts";

/** Messages that one request reads; the reasons of more are not counted. */
const mostRead = 5000;

export interface ReasonCount extends ParkedCount {
  readonly reason: string;
}

export interface ParkedList extends OtherSources {
  readonly rows: readonly ParkedRow[];
  /** Where the list goes on, for `after`; absent at its end. */
  readonly next?: string;
  /** Of the messages that meet the conditions, with `totals`: those of the first 5,000 messages that were parked. */
  readonly totals?: readonly ReasonCount[];
  /** With `totals`: more messages were parked than were counted by reason. `all` counts them by kind and source. */
  readonly all?: readonly ParkedCount[];
}

export interface ListPorts extends SelectionPorts {
  /** Names of the sources that are switched on. */
  readonly sources: readonly string[];
  readonly parked: Pick<Parked, "list" | "count">;
}

/** The parked messages that meet the conditions of a request: a page of about `limit` rows. */
export async function listParked(request: ListRequest, ports: ListPorts): Promise<ParkedList> {
  const rows: ParkedRow[] = [];
  const counts = new Map<string, ReasonCount>();
  let read = 0;
  let rowsGoOn: string | undefined;
  let goesOn: string | undefined;
  for await (const page of pagesOf(request, ports)) {
    if (rows.length < request.limit) {
      rows.push(...page.messages.map(rowOf));
      rowsGoOn = page.next;
    }
    for (const message of page.messages) count(message, counts);
    read += page.read;
    goesOn = page.next;
    if ((!request.totals && rows.length >= request.limit) || read >= mostRead) break;
  }
  const { source, kinds = parkedKinds } = request;
  return {
    rows: rows.toSorted((one, other) => (one.since < other.since ? -1 : Number(one.since > other.since))),
    ...(rowsGoOn !== undefined && { next: rowsGoOn }),
    ...(rows.length === 0 && otherSources(source, ports.sources)),
    ...(request.totals && {
      totals: [...counts.values()].toSorted((one, other) => other.count - one.count),
      ...(goesOn !== undefined && {
        all: await ports.parked.count({ kinds, ...(source !== undefined && { source }) }),
      }),
    }),
  };
}

function count({ kind, message: { source }, reason }: ParkedMessage, counts: Map<string, ReasonCount>): void {
  const name = `${kind}/${source}/${reason}`;
  const { count: before = 0 } = counts.get(name) ?? {};
  counts.set(name, { kind, source, reason, count: before + 1 });
}

export interface ShownMessage extends ParkedRow {
  /** The outcome of its event, where it has one. */
  readonly record?: EventRecord;
  /** The message itself: it holds personal data. */
  readonly message?: QueuedMessage;
}

/** The parked messages with this id: of several kinds, or of several sources where a short id fits both. */
export async function showParked(
  { id, payload }: ShowRequest,
  { parked, ledger }: { readonly parked: Pick<Parked, "list">; readonly ledger: Pick<Ledger, "event"> },
): Promise<readonly ShownMessage[]> {
  const { messages } = await parked.list({ kinds: parkedKinds, id }, 10);
  return Promise.all(
    messages.map(async (each) => {
      const record = await ledger.event({ source: each.message.source, id: each.ledgerId });
      return { ...rowOf(each), ...(record && { record }), ...(payload && { message: each.message }) };
    }),
  );
}

/** A short id that fits several messages is no decision about all of them. */
export function refuseAmbiguous(id: string | undefined, messages: readonly ParkedMessage[]): void {
  const names = new Set(messages.map(({ message, ledgerId }) => `${message.source}/${ledgerId}`));
  if (id === undefined || names.size <= 1) return;
  throw new InboundError("malformed", "id-ambiguous", {
    hint: `${names.size} messages have ids that begin like this: add --source, or type more of the id`,
  });
}
