import * as z from "zod/mini";
import { personProblems } from "#lib/authing/rules.ts";
import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { Source, SourceEvent, TranslationContext, VerifiedDelivery } from "#lib/contract/source.ts";
import type { ApiHosts, SourceApi } from "#lib/contract/source-api.ts";
import { verifiedDelivery } from "#lib/pipeline/verified-delivery.ts";
import { sourceApis } from "#lib/source-apis/source-api.ts";
import { requestOf, type EventFixture, type GoldenEvent } from "#infra/fixtures/cases.ts";
import { startRecordedApi, type RecordedApi } from "./recorded-api.ts";
import { deliveryOf } from "#infra/fixtures/requests.ts";

// The changes that a case means, in the form of its changes.json. The suite compares them, `npm run translate --golden` writes them.

/** A source with the secret of its fixtures, and the signer where there is one. */
export interface CaseSource<Secret> {
  readonly source: Source<Secret>;
  readonly secret: Secret;
  readonly signer?: unknown;
}

/** How long the worker may ask a source's API about one event. */
const fetchSeconds = 30;

/** The verified delivery of a case. */
export async function verifiedCase<Secret>(
  { source, secret, signer }: CaseSource<Secret>,
  each: EventFixture,
): Promise<VerifiedDelivery> {
  const delivery = deliveryOf(requestOf(source, secret, each, each, signer), each.now);
  // IAM has proven who invokes; `split` reads the whole as it reads what is told of it.
  if (source.trigger) return verifiedDelivery(source, delivery, { payload: each.body });
  const result = await source.proof.verify(delivery, secret);
  if (!result.ok) {
    throw new InboundError("unverified", result.reason, { path: `fixture ${source.name}/${each.name}` });
  }
  return verifiedDelivery(source, delivery, result);
}

/** The events of a case; one error where the whole delivery cannot be read. */
export async function eventsOf<Secret>(
  given: CaseSource<Secret>,
  each: EventFixture,
): Promise<readonly (SourceEvent | InboundError)[]> {
  const delivery = await verifiedCase(given, each);
  try {
    return given.source.split(delivery);
  } catch (error) {
    if (error instanceof InboundError && error.code === "malformed") return [error];
    throw error;
  }
}

/**
 * Translates each event of a case as the worker does: by the case's clock and settings, and completed at the source's own API where
 * it has one. Returns the changes, the events as `fetch` completed them, and the requests that were made to the API.
 */
export async function meaningOf<Secret>(
  given: CaseSource<Secret>,
  each: EventFixture,
): Promise<{
  golden: GoldenEvent[];
  completed: SourceEvent[];
  requests: RecordedApi["requests"];
}> {
  const { source } = given;
  const completed: SourceEvent[] = [];
  const api = source.fetch && (await startRecordedApi([each]));

  async function meanings(event: SourceEvent): Promise<GoldenEvent[]> {
    const { type, subject, occurredAt } = event;
    const opened = source.fetch && api && openApi(given, source.fetch, api.url, each.now);
    try {
      const listed = opened && (await expandedOf(source, asQueued(event), opened));
      if (listed) return await inTurn(listed);
      const payload =
        source.fetch && opened ? await source.fetch.read(asQueued(event), opened) : event.payload;
      const complete = asQueued({ ...event, payload });
      const changes = source.translate(complete, contextOf(each));
      completed.push(complete);
      return [{ type, subject, occurredAt, ...resultOf(changes) }];
    } catch (error) {
      if (!(error instanceof InboundError)) throw error;
      const { retryable, reason } = error;
      return [{ type, subject, occurredAt, ...(retryable ? { later: reason } : { dead: reason }) }];
    }
  }

  async function inTurn(events: readonly (SourceEvent | InboundError)[]): Promise<GoldenEvent[]> {
    const golden: GoldenEvent[] = [];
    for (const event of events) {
      golden.push(...(event instanceof InboundError ? [{ dead: event.reason }] : await meanings(event)));
    }
    return golden;
  }

  try {
    const golden = await inTurn(await eventsOf(given, each));
    return { golden, completed, requests: api?.requests ?? [] };
  } finally {
    await api?.close();
  }
}

/** Pages of a list of changes that a case may record; a list that does not end is a mistake of the source. */
const maxPages = 20;

/**
 * The events of the people whose changes an event announces, by the list that the source reads for it, from its beginning; `undefined`
 * for an event about one person.
 */
export async function expandedOf<Secret>(
  { fetch }: Source<Secret>,
  event: SourceEvent,
  api: SourceApi<Secret>,
): Promise<SourceEvent[] | undefined> {
  const events: SourceEvent[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < maxPages; pages += 1) {
    const page = await fetch?.changedSince?.(event, api, cursor);
    if (!page) return undefined;
    events.push(...page.events);
    if (page.isComplete) return events;
    cursor = page.cursor ?? cursor;
  }
  throw new InboundError("unavailable", "source-list-too-long");
}

/** The source's settings that the golden changes of a case depend on. */
export function contextOf({ settings }: Pick<EventFixture, "settings">): TranslationContext {
  return { region: "CN", departments: {}, customData: {}, ...settings };
}

/** An event as it comes out of the queue: plain JSON, frozen, because no function may change it. */
export function asQueued(event: SourceEvent): SourceEvent {
  const freeze = (_key: string, value: unknown): unknown => Object.freeze(value);
  return JSON.parse(JSON.stringify(event), freeze) as SourceEvent;
}

/** A person without a way to sign in: the event ends dead, because delivery could not create the person and no name is invented. */
function resultOf(changes: readonly Change[]) {
  const isWithoutLogin = changes.some(
    (change) =>
      change.kind === "create" &&
      personProblems(change.person).some(({ code }) => code === "identifier-missing"),
  );
  if (isWithoutLogin) return { dead: "identifier-missing" };
  return { changes: JSON.parse(JSON.stringify(changes)) as { kind: string }[] };
}

/**
 * Opens the source's API as the worker opens it for `fetch` or `list`, at this address, on a clock that moves only when it waits.
 *
 * @throws InboundError `api-host-not-asked` where the secret's `apiHost` does not decide alone which hosts are asked
 */
export function openApi<Secret>(
  { source, secret }: CaseSource<Secret>,
  asks: { hosts(secret: Secret): ApiHosts },
  apiUrl: string,
  startsAt: number,
): SourceApi<Secret> {
  const asked = z.parse(source.secret, { ...secret, apiHost: apiUrl });
  // Without this check, a test would send requests to a vendor's real API.
  if (Object.values(asks.hosts(asked)).some((host) => new URL(host).origin !== apiUrl)) {
    throw new InboundError("misconfigured", "api-host-not-asked", {
      path: `source ${source.name}`,
      hint: "apiHost of the secret alone decides which hosts are asked",
    });
  }
  let now = startsAt;
  const clock = {
    now: () => now,
    random: () => 0.5,
    async wait(milliseconds: number) {
      now += milliseconds;
    },
  };
  return sourceApis(clock)(asks, asked, startsAt + fetchSeconds * 1000);
}
