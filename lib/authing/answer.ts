import type * as z from "zod/mini";
import type { Exchanged } from "#lib/http/exchange.ts";
import { retryAfterSeconds } from "#lib/http/retry-after.ts";
import * as dto from "./dto.ts";
import { classify, refusedByRules } from "./failures.ts";
import type { Attempted, Failure, FailureKind, Observation } from "./failures.ts";
import type { Problem } from "./rules.ts";

// One request to Authing, what its answer says, and what that means for the caller.

/** The result of a call. */
export type Answer<Data> =
  | {
      readonly ok: true;
      readonly data: Data;
      readonly requestId?: string;
    }
  | { readonly ok: false; readonly failure: Failure };

/** One endpoint and its request. */
export interface Operation<Data> extends Attempted {
  readonly method: "GET" | "POST";
  readonly path: string;
  /** What is signed: the top level of the body, or the parameters of a GET. */
  readonly data: object;
  /** Of a POST that is ready to be sent. */
  readonly body?: Buffer;
  /** The shape of the answer's `data`. */
  readonly result: z.ZodMiniType<Data>;
  /** The answer may come without an envelope. */
  readonly isBare?: boolean;
  readonly problems?: readonly Problem[];
}

/** What an answer says: Authing's envelope decides, and HTTP only where there is none. */
export function readAnswer<Data>(
  exchanged: Exchanged,
  operation: Operation<Data>,
  now: number,
): Answer<Data> {
  const fail = (observation: Observation): Answer<Data> => ({
    ok: false,
    failure: classify(observation, operation),
  });
  if (exchanged.seen === "nothing") return fail(exchanged);
  const { httpStatus } = exchanged;
  if (exchanged.seen === "oversized") return fail({ seen: "other", httpStatus });
  const retryAfter = retryAfterSeconds(exchanged.headers["retry-after"], now);
  const isRedirect = httpStatus >= 300 && httpStatus < 400;
  const body = isRedirect ? undefined : parseJson(exchanged.body);

  const envelope = dto.CommonResponseDto.safeParse(body).data;
  if (!envelope) {
    if (!operation.isBare || httpStatus !== 200)
      return fail({ seen: "other", httpStatus, retryAfterSeconds: retryAfter });
    return succeed(body, undefined);
  }
  if (envelope.statusCode !== 200 || dto.objectOf(envelope["data"])?.["success"] === false) {
    return fail({ seen: "envelope", httpStatus, retryAfterSeconds: retryAfter, ...envelope });
  }
  return succeed(envelope["data"] ?? (operation.isBare ? body : undefined), envelope.requestId);

  function succeed(data: unknown, requestId: string | undefined): Answer<Data> {
    // Authing has not been seen to answer like this, but it may: a look-up that reports success without a user.
    if (operation.needsUser && operation.reads && (data === undefined || data === null)) {
      return fail({ seen: "no-user", httpStatus, requestId });
    }
    const result = operation.result.safeParse(data);
    if (!result.success) return fail({ seen: "unreadable-success", httpStatus, requestId });
    return { ok: true, data: result.data, ...(requestId !== undefined && { requestId }) };
  }
}

/** Decodes in half of the time that `toString` of a buffer takes where text is not ASCII. */
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(body));
  } catch {
    return undefined;
  }
}

/** Milliseconds since 1970. */
export function parseDate(header: string | undefined): number | undefined {
  const date = Date.parse(header ?? "");
  return Number.isNaN(date) ? undefined : date;
}

/** A record that our own rules refuse is not sent. */
export function refusalByRules(operation: Operation<unknown>): Answer<never> | undefined {
  const { problems = [] } = operation;
  return problems.length > 0 ? { ok: false, failure: refusedByRules(problems, operation) } : undefined;
}

/**
 * The failure of a call that another call depends on (for a token, a key): it says nothing about the records of that other call.
 * Either the caller waits and retries, or the run stops with `kind`.
 */
export function failedBeforehand(failure: Failure, kind: FailureKind): Failure {
  if (failure.scope === "run") return failure;
  if (failure.retry === "never") return { ...failure, kind, scope: "run" };
  return { ...failure, scope: "batch" };
}
