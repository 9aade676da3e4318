import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { Outcome } from "#lib/contract/outcome.ts";
import type { QueuedMessage } from "#lib/contract/queue.ts";
import type { Source, SourceEvent } from "#lib/contract/source.ts";
import type { SourceApi } from "#lib/contract/source-api.ts";
import { separated } from "#lib/delivery/totp-secrets.ts";
import { withWireDrops } from "#lib/delivery/wire-drops.ts";
import type { ApplyPorts } from "./applying.ts";
import { ruled, type OutOfScope } from "./people-rules.ts";

// What a message means in Authing's terms: its payload, completed at the source where the source's events only say who, then
// translated.

type MeaningPorts = Pick<
  ApplyPorts,
  "source" | "translation" | "rules" | "secrets" | "openApi" | "clock" | "authing"
>;

/** What an event means. */
export interface Meaning {
  readonly changes: readonly Change[];
  /** When the source's API was asked, ISO 8601, UTC. What the source says later has to be asked about again. */
  readonly readAt?: string;
  /** The event is about a person out of the source's scope. */
  readonly outOfScope?: OutOfScope;
}

/** @throws InboundError `malformed` for what cannot be read or translated; `unavailable` or `misconfigured` where the source cannot be asked now. */
export async function meaningOf(
  message: QueuedMessage,
  ports: MeaningPorts,
  deadline: number,
): Promise<Meaning> {
  if (message.kind === "event" && message.changes) return { changes: message.changes };
  const { source, event } = readable(message, ports);
  const translated = (payload: unknown) => translatedOf(message.source, { ...event, payload }, ports);
  if (!source.fetch) return translated(event.payload);
  let readAt: string | undefined;
  const api = await openApi(message.source, ports, deadline);
  const asking: SourceApi<unknown> = {
    ...api,
    request(request) {
      readAt ??= new Date(ports.clock.now()).toISOString();
      return api.request(request);
    },
  };
  const meaning = translated(await source.fetch.read(event, asking));
  return { ...meaning, ...(readAt !== undefined && { readAt }) };
}

/**
 * What an event means whose payload is complete: one that a source has sent, or a person in its list. The configuration's own rules
 * are applied.
 *
 * @throws InboundError `malformed` for what cannot be translated, or what a function of the configuration makes impossible.
 */
export function translatedOf(
  name: string,
  event: SourceEvent,
  ports: Pick<MeaningPorts, "translation" | "rules"> & {
    readonly source: (name: string) => Pick<Source, "translate"> | undefined;
    readonly authing: Pick<MeaningPorts["authing"], "dialect">;
  },
): Meaning {
  const source = ports.source(name);
  if (!source) throw notEnabled(name);
  const { changes, ...ruling } = ruled(
    name,
    source.translate(event, ports.translation(name)),
    event,
    ports.rules(name),
  );
  return { changes: separated(changes).map((change) => withWireDrops(change, ports)), ...ruling };
}

/** Pages of a list of changes that one invocation reads; the event is retried for the rest. */
const maxPages = 1000;

/**
 * For an event that stands for many ("people have changed, ask for the list"): queues an event for each person that the list names
 * since it was read last. `undefined` for every other event. The cursor moves when a page is queued, so that a worker that ends in
 * the middle goes on from there.
 */
export async function expandedOf(
  message: QueuedMessage,
  ports: MeaningPorts & Pick<ApplyPorts, "events" | "ledger">,
  deadline: number,
): Promise<Outcome | undefined> {
  if (message.kind === "event" && message.changes) return undefined;
  const { source, event } = readable(message, ports);
  const { changedSince } = source.fetch ?? {};
  if (!changedSince) return undefined;
  const api = await openApi(message.source, ports, deadline);
  for (let pages = 0; pages < maxPages; pages += 1) {
    const cursor = await ports.ledger.cursor(message.source);
    // The list shows what has happened until now, however long ago it was announced.
    const receivedAt = new Date(ports.clock.now()).toISOString();
    const page = await changedSince(event, api, cursor);
    if (!page) return undefined;
    await ports.events.send(
      page.events.map((each) => ({
        kind: "event",
        source: message.source,
        event: each,
        reception: { ...message.reception, receivedAt },
      })),
    );
    if (page.cursor !== undefined) await ports.ledger.moveCursor(message.source, page.cursor);
    if (page.isComplete) return { kind: "already-done", reason: "expanded" };
  }
  throw new InboundError("unavailable", "source-list-too-long");
}

function readable(message: QueuedMessage, ports: Pick<ApplyPorts, "source">) {
  if (message.kind === "unreadable") {
    const { reason, path } = message;
    throw new InboundError("malformed", reason, path === undefined ? {} : { path });
  }
  const source = ports.source(message.source);
  if (!source) throw notEnabled(message.source);
  return { source, event: message.event satisfies SourceEvent };
}

const notEnabled = (name: string) =>
  new InboundError("malformed", "source-not-enabled", {
    hint: `switch ${name} on in inbound.config.ts, deploy, and redrive`,
  });

async function openApi(name: string, ports: MeaningPorts, deadline: number): Promise<SourceApi<unknown>> {
  const { fetch, secret: shape } = ports.source(name) ?? {};
  if (!fetch || !shape) throw new InboundError("malformed", "source-not-enabled");
  const [secret] = await ports.secrets.read(`sources/${name}`, shape);
  return ports.openApi(fetch, secret, deadline);
}
