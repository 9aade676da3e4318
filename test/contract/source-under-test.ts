import * as z from "zod/mini";
import { InboundError } from "#lib/contract/errors.ts";
import type { QueuedMessage } from "#lib/contract/queue.ts";
import { isRefusalStatus } from "#lib/contract/refusals.ts";
import { receive } from "#lib/pipeline/receive.ts";
import { secretReader } from "#lib/pipeline/secret-reader.ts";
import type { Delivery } from "#lib/contract/proof.ts";
import type { Reply, Source, SourceEvent, VerifiedDelivery } from "#lib/contract/source.ts";
import type { ApiHosts, SourceApi } from "#lib/contract/source-api.ts";
import { requestOf, type EventFixture, type HandshakeFixture } from "#infra/fixtures/cases.ts";
import { deliveryOf, type WireRequest } from "#infra/fixtures/requests.ts";
import {
  asQueued,
  contextOf,
  eventsOf,
  meaningOf,
  openApi,
  verifiedCase,
} from "#infra/local/case-meaning.ts";
import { textsIn } from "./json-places.ts";
import type { Secret } from "./strangers.ts";

// A source with its cases, and the pipeline's functions for them: used by the suites beside this file.

interface Given {
  readonly source: Source<Secret>;
  /** The invented secret beside the cases. */
  readonly invented: Secret;
  /** `signer.json` beside the cases: what only the sender has, where the secret alone cannot sign. */
  readonly signer?: unknown;
  /** The first of `eventCases`. */
  readonly fixture: EventFixture;
  readonly eventCases: readonly EventFixture[];
  readonly handshakes: readonly HandshakeFixture[];
  readonly readme: URL | undefined;
  /** The folder of the cases. */
  readonly folder: string;
}

export type SourceUnderTest = ReturnType<typeof sourceUnderTest>;

export function sourceUnderTest(given: Given) {
  const { source, invented, signer, fixture } = given;
  const secret = z.parse(source.secret, invented);
  const caseSource = { source, secret, signer };

  /** The request that the sender would send for a case, at the time of the case. */
  const requestFor = (each: EventFixture): WireRequest => requestOf(source, secret, each, each, signer);

  /** Sends a request through the whole receiving path, with the case's secret as the only one. */
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
      enrolments: {
        keep: () => Promise.reject(new Error("an enrolment was kept although there is a secret")),
      },
      log: { info: quiet, warn: quiet, error: quiet },
    });
    return { reply, queued };
  }

  /** Whether this is the answer to a stranger: 401 and nothing else, or what the sender's standard wants, which says nothing of the secret. */
  function isRefusal({ status, ...said }: Reply): boolean {
    if (!source.refuse) return status === 401 && Object.keys(said).length === 0;
    const values = textsIn(secret).filter((text) => text.length > 5);
    return isRefusalStatus(status) && !values.some((value) => JSON.stringify(said).includes(value));
  }

  /** A verified delivery with this body, or with this query where the source's cases have no body. */
  function plain(body: Uint8Array, headers: Readonly<Record<string, string>>): VerifiedDelivery {
    const { now, method } = fixture;
    const rawQuery = method === "GET" ? Buffer.from(body).toString() : "";
    const query = new URLSearchParams(rawQuery);
    return {
      method,
      headers,
      rawQuery,
      query,
      payload: body,
      receivedAt: now,
      sentAt: now,
      deliveryId: "msg_1",
    };
  }

  async function readable(each: EventFixture): Promise<SourceEvent[]> {
    return (await eventsOf(caseSource, each)).flatMap((event) =>
      event instanceof InboundError ? [] : event,
    );
  }

  /** Checks that a body is either malformed or completely translated. */
  function survives(body: Uint8Array, headers: Readonly<Record<string, string>>): boolean {
    const events = attempted(() => source.split(plain(body, headers)));
    if (events instanceof InboundError) return true;
    return events.every((event) =>
      event instanceof InboundError
        ? event.code === "malformed"
        : new Date(event.occurredAt).toISOString() === event.occurredAt && isTranslated(asQueued(event)),
    );
  }

  function isTranslated(event: SourceEvent): boolean {
    const changes = attempted(() => source.translate(event, contextOf(fixture)));
    return Array.isArray(changes) || changes instanceof InboundError;
  }

  return {
    ...given,
    secret,
    requestFor,
    received,
    isRefusal,
    plain,
    readable,
    /** The meaning of a case; see `case-meaning.ts`. */
    verified: (each: EventFixture) => verifiedCase(caseSource, each),
    meaningOf: (each: EventFixture) => meaningOf(caseSource, each),
    openApi: (asks: { hosts(secret: Secret): ApiHosts }, apiUrl: string, startsAt: number) =>
      openApi(caseSource, asks, apiUrl, startsAt),
    survives,
    isTranslated,
  };
}

/** A request as it arrives, with the headers that every request has. */
export function arrived(request: WireRequest, receivedAt: number): Delivery {
  return deliveryOf({ ...request, headers: { host: "inbound.example.com", ...request.headers } }, receivedAt);
}

/** A source's API that must not be asked. */
export function unasked(secret: Secret): SourceApi<Secret> {
  const refuse = async () => {
    throw new Error("the source's API was asked");
  };
  return { secret, now: Date.now, request: refuse, token: refuse, forgetToken() {} };
}

/** The result of `work`, or its error where that says that the input is malformed. Any other error is thrown. */
export function attempted<Value>(work: () => Value): Value | InboundError {
  try {
    return work();
  } catch (error) {
    if (error instanceof InboundError && error.code === "malformed") return error;
    throw error;
  }
}
