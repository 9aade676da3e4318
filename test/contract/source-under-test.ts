import { expect } from "vitest";
import * as z from "zod/mini";
import { personProblems } from "#lib/authing/rules.ts";
import { sourceApis } from "#lib/source-apis/source-api.ts";
import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { QueuedMessage } from "#lib/contract/queue.ts";
import { receive } from "#lib/pipeline/receive.ts";
import { secretReader } from "#lib/pipeline/secret-reader.ts";
import type {
  ApiHosts,
  Delivery,
  Source,
  SourceApi,
  SourceEvent,
  TranslationContext,
  VerifiedDelivery,
} from "#lib/contract/source.ts";
import {
  requestOf,
  type EventFixture,
  type HandshakeFixture,
  type WireRequest,
} from "#infra/fixtures/cases.ts";
import { startRecordedApi } from "#infra/local/recorded-api.ts";
import { asJson, frozen } from "./json-places.ts";
import type { Secret } from "./strangers.ts";

// A source with its cases, and what the pipeline does with them, for the attacks beside this file.

interface Given {
  readonly source: Source<Secret>;
  /** The invented secret beside the cases. */
  readonly invented: Secret;
  /** The first of `eventCases`. */
  readonly fixture: EventFixture;
  readonly eventCases: readonly EventFixture[];
  readonly handshakes: readonly HandshakeFixture[];
  readonly readme: URL | undefined;
  /** Where the cases are. */
  readonly folder: string;
}

export type SourceUnderTest = ReturnType<typeof sourceUnderTest>;

export function sourceUnderTest(given: Given) {
  const { source, invented, fixture } = given;
  const secretWith = (more: Secret): Secret => z.parse(source.secret, { ...invented, ...more });
  const secret = secretWith({});

  /** Puts a request through the whole receiving path, with the one secret there is. */
  async function received(request: WireRequest, now: number, by: Secret) {
    const queued: QueuedMessage[] = [];
    const quiet = () => {};
    const reply = await receive(source, arrived(request, now), {
      secrets: secretReader(async () => ({ current: by })),
      events: {
        async send(messages) {
          queued.push(...messages);
        },
      },
      log: { info: quiet, warn: quiet, error: quiet },
    });
    return { reply, queued };
  }

  async function verified(each: EventFixture): Promise<VerifiedDelivery> {
    const delivery = arrived(requestOf(source, secret, each, each), each.now);
    const result = await source.proof.verify(delivery, secret);
    if (!result.ok) throw new Error(`fixture ${source.name}/${each.name}: its proof is ${result.reason}`);
    return { ...delivery, payload: result.payload, sentAt: result.sentAt, deliveryId: result.deliveryId };
  }

  /** A verified delivery of these words. */
  function plain(body: Uint8Array, headers: Readonly<Record<string, string>>): VerifiedDelivery {
    const delivery = arrived({ method: "POST", headers, query: {}, body }, fixture.now);
    return { ...delivery, payload: body, sentAt: fixture.now, deliveryId: "msg_1" };
  }

  /** What splitting a case gives; the one error when all of it is malformed. */
  async function eventsOf(each: EventFixture): Promise<readonly (SourceEvent | InboundError)[]> {
    const delivery = await verified(each);
    const events = attempted(() => source.split(delivery));
    return events instanceof InboundError ? [events] : events;
  }

  async function readable(each: EventFixture): Promise<SourceEvent[]> {
    return (await eventsOf(each)).flatMap((event) => (event instanceof InboundError ? [] : event));
  }

  /** A case as `changes.json` holds it, through the source's own API where it has one, as the worker does it. */
  async function meaningOf(each: EventFixture) {
    const completed: SourceEvent[] = [];
    const api = source.fetch && (await startRecordedApi([each]));
    try {
      const golden: unknown[] = [];
      for (const event of await eventsOf(each)) {
        if (event instanceof InboundError) {
          golden.push({ dead: event.reason });
          continue;
        }
        const { type, subject, occurredAt } = event;
        const meant = await meaning(fromQueue(event), api?.url, each);
        if ("event" in meant) completed.push(meant.event);
        golden.push({ type, subject, occurredAt, ...meant.result });
      }
      return { golden, completed, requests: api?.requests ?? [] };
    } finally {
      await api?.close();
    }
  }

  async function meaning(event: SourceEvent, apiUrl: string | undefined, each: EventFixture) {
    let complete = event;
    try {
      if (source.fetch && apiUrl !== undefined) {
        const payload = await source.fetch.read(event, openApi(source.fetch, apiUrl, each.now));
        complete = fromQueue({ ...event, payload });
      }
      const changes = source.translate(complete, contextOf(each));
      const isNobody = changes.some(isWithoutLogin);
      const isExpected = each.golden?.some(
        (golden) => "dead" in golden && golden.dead === "identifier-missing",
      );
      const result = isNobody && isExpected ? { dead: "identifier-missing" } : { changes: asJson(changes) };
      return { event: complete, result };
    } catch (error) {
      if (!(error instanceof InboundError)) throw error;
      return { result: error.retryable ? { later: error.reason } : { dead: error.reason } };
    }
  }

  /** The source's API as the worker opens it, at this address, on a clock that moves only when it waits. */
  function openApi(
    asks: { hosts(secret: Secret): ApiHosts },
    apiUrl: string,
    startsAt: number,
  ): SourceApi<Secret> {
    const asked = secretWith({ apiHost: apiUrl });
    // The one thing between a test and a vendor's real API.
    const hosts = Object.values(asks.hosts(asked)).map((host) => new URL(host).origin);
    expect([...new Set(hosts)], "apiHost of the secret decides alone which hosts are asked").toEqual([
      apiUrl,
    ]);
    let now = startsAt;
    const clock = {
      now: () => now,
      random: () => 0.5,
      async wait(milliseconds: number) {
        now += milliseconds;
      },
    };
    return sourceApis(clock)(asks, asked, startsAt + 30_000);
  }

  /** Whether a body is either malformed or translated to the end. */
  function survives(body: Uint8Array, headers: Readonly<Record<string, string>>): boolean {
    const events = attempted(() => source.split(plain(body, headers)));
    if (events instanceof InboundError) return true;
    return events.every((event) =>
      event instanceof InboundError
        ? event.code === "malformed"
        : new Date(event.occurredAt).toISOString() === event.occurredAt && isTranslated(fromQueue(event)),
    );
  }

  function isTranslated(event: SourceEvent): boolean {
    const changes = attempted(() => source.translate(event, contextOf(fixture)));
    return Array.isArray(changes) || changes instanceof InboundError;
  }

  return {
    ...given,
    secret,
    received,
    verified,
    plain,
    eventsOf,
    readable,
    meaningOf,
    openApi,
    survives,
    isTranslated,
  };
}

/** A request as it arrives. */
export function arrived({ method, headers, query, body }: WireRequest, receivedAt: number): Delivery {
  return {
    method,
    headers: { host: "inbound.example.com", ...headers },
    query: new URLSearchParams(query),
    body,
    receivedAt,
  };
}

export function contextOf({ settings }: EventFixture): TranslationContext {
  return { region: "CN", departments: {}, customData: {}, ...settings };
}

/** A person who cannot be created: there is nothing to log in with, and no name is invented. */
function isWithoutLogin(change: Change): boolean {
  return (
    change.kind === "create" &&
    personProblems(change.person).some(({ code }) => code === "identifier-missing")
  );
}

/** A source's API that must not be asked. */
export function unasked(secret: Secret): SourceApi<Secret> {
  const refuse = async () => {
    throw new Error("the source's API was asked");
  };
  return { secret, now: Date.now, request: refuse, token: refuse, forgetToken() {} };
}

/** What `work` returns, or the error if it finds its input malformed. Anything else that is thrown goes through. */
export function attempted<Value>(work: () => Value): Value | InboundError {
  try {
    return work();
  } catch (error) {
    if (error instanceof InboundError && error.code === "malformed") return error;
    throw error;
  }
}

/** As it comes out of the queue: plain JSON that cannot be changed. */
export function fromQueue(event: SourceEvent): SourceEvent {
  return frozen(asJson(event) as SourceEvent);
}
