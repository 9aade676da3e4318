// How a call to Authing can fail, as data. Sources: Authing's list of status codes and `apiCode`s (OpenAPI, tag
// "开发准备"), its older error-code page, and what its SDKs' own integration tests expect of a live server.

import type { Identifier } from "./identifiers.ts";

/** Why a call failed. */
export type FailureKind =
  /** Too many requests. */
  | "throttled"
  /** The request never left: no address, no connection. */
  | "transient-network"
  /** Time-out, reset or a gateway's complaint after the request was sent: it may have been applied. */
  | "unknown-outcome"
  /** Authing failed and does not say why; it may also answer a malformed record like this. */
  | "server-error"
  /** Something behind Authing (601, 602) failed. */
  | "third-party"
  /** The customer's own pipeline or database script (603) failed. */
  | "custom-code"
  /** Our clock is wrong, and correcting it by Authing's did not help. */
  | "clock-skew"
  /** Authing refuses this record, however often it is retried. */
  | "invalid-record"
  /** An identifier is taken: by this person or by another one. */
  | "duplicate"
  | "user-not-found"
  | "payload-too-large"
  /** Authing refuses the access key, or the access key lacks a right. */
  | "credentials-refused"
  /** The quota of the Authing plan is used up. */
  | "quota-exceeded"
  /** The server that answers is not Authing's API: redirects, bad certificates, unknown paths. */
  | "endpoint-wrong"
  /** Authing refuses `customData`: one value, or, when every record gets it, a custom field that does not exist. */
  | "bad-custom-field";

/** A failed call. Codes, ids and field names only: Authing's message is not in it, since it may hold values. */
export interface Failure {
  readonly kind: FailureKind;
  /** What is at fault: the one record of the call, some record or none in particular (`batch`), or the settings (`run`). */
  readonly scope: "record" | "batch" | "run";
  /** Whether Authing has applied the call; `unknown` also when it may have applied a part of it. */
  readonly applied: "no" | "unknown" | "yes";
  /** `after-lookup`: retry only the records that a look-up does not find. */
  readonly retry: "never" | "after-delay" | "after-lookup";
  readonly httpStatus?: number;
  readonly statusCode?: number;
  readonly apiCode?: number;
  readonly requestId?: string;
  /** At most 3,600 (an hour). */
  readonly retryAfterSeconds?: number;
  /** Which of the identifiers Authing complained about. */
  readonly field?: Identifier;
  /** What our own rules found before anything was sent. */
  readonly problems?: readonly { readonly path: string; readonly code: string }[];
}

interface Treatment {
  readonly scope: Failure["scope"];
  readonly applied: Failure["applied"];
  readonly retry: Failure["retry"];
}

/**
 * What each kind means for a call with one record. With several records, `record` and its `no` become `batch` and `unknown`:
 * Authing does not say which record failed, nor whether it applied the others.
 */
const treatments: Readonly<Record<FailureKind, Treatment>> = {
  throttled: { scope: "batch", applied: "no", retry: "after-delay" },
  "transient-network": { scope: "batch", applied: "no", retry: "after-delay" },
  "unknown-outcome": { scope: "batch", applied: "unknown", retry: "after-lookup" },
  "server-error": { scope: "record", applied: "unknown", retry: "after-lookup" },
  "third-party": { scope: "record", applied: "unknown", retry: "after-lookup" },
  "custom-code": { scope: "record", applied: "unknown", retry: "after-lookup" },
  "clock-skew": { scope: "run", applied: "no", retry: "never" },
  "invalid-record": { scope: "record", applied: "no", retry: "never" },
  duplicate: { scope: "record", applied: "no", retry: "never" },
  "user-not-found": { scope: "record", applied: "no", retry: "never" },
  "payload-too-large": { scope: "record", applied: "no", retry: "never" },
  "credentials-refused": { scope: "run", applied: "no", retry: "never" },
  "quota-exceeded": { scope: "run", applied: "no", retry: "never" },
  "endpoint-wrong": { scope: "run", applied: "no", retry: "never" },
  "bad-custom-field": { scope: "record", applied: "no", retry: "never" },
};

interface Meaning {
  readonly kind: FailureKind;
  readonly field?: Identifier;
}

/** `apiCode`s that say more than the status code. Where the v2 and v3 lists disagree, the endpoints here decide. */
const byApiCode: Readonly<Record<number, Meaning>> = {
  1000: { kind: "server-error" }, // v2: busy, try again
  1001: { kind: "credentials-refused" }, // v2: no permission
  1108: { kind: "duplicate", field: "username" }, // Guard
  1300: { kind: "credentials-refused" }, // signature
  1301: { kind: "credentials-refused" }, // signature method
  1302: { kind: "credentials-refused" }, // signature version
  1303: { kind: "credentials-refused" }, // date format
  1304: { kind: "credentials-refused" }, // no date
  1305: { kind: "clock-skew" },
  1306: { kind: "unknown-outcome" }, // nonce seen: ours are fresh, so a proxy on the way sent the request twice
  2002: { kind: "quota-exceeded" }, // v2
  2003: { kind: "invalid-record", field: "email" }, // v2: e-mail format
  2004: { kind: "user-not-found" },
  2020: { kind: "credentials-refused" }, // no access
  2026: { kind: "duplicate" }, // v2: user exists
  2028: { kind: "invalid-record" }, // v2: phone or e-mail
  2029: { kind: "invalid-record" }, // v2: password too short
  2030: { kind: "payload-too-large" }, // v2: too many users in a query
  2034: { kind: "duplicate", field: "username" }, // v2
  2035: { kind: "duplicate", field: "phone" }, // v2
  2036: { kind: "credentials-refused" }, // v2: not in this user pool
  2040: { kind: "quota-exceeded" }, // v2: head-count; v3 uses it for domains, which nothing here touches
  2061: { kind: "invalid-record" }, // Guard: unsafe password
  2071: { kind: "invalid-record" }, // Guard: unsafe password
  2200: { kind: "duplicate", field: "email" }, // v2
  2204: { kind: "invalid-record", field: "email" }, // v2: e-mail format
  2210: { kind: "user-not-found" }, // v2: deleting a user that does not exist
  2224: { kind: "credentials-refused" }, // user pool not found
  4021: { kind: "quota-exceeded" }, // metering and billing
};

/** Status codes, in the body or, where the body is not Authing's, of HTTP. Others are `server-error`. */
const byStatusCode: Readonly<Record<number, FailureKind>> = {
  400: "invalid-record",
  401: "credentials-refused",
  402: "quota-exceeded",
  403: "credentials-refused",
  404: "user-not-found",
  405: "endpoint-wrong",
  408: "unknown-outcome",
  409: "duplicate",
  413: "payload-too-large",
  422: "invalid-record",
  429: "throttled",
  499: "server-error",
  500: "server-error",
  501: "endpoint-wrong",
  502: "unknown-outcome",
  503: "unknown-outcome",
  504: "unknown-outcome",
  601: "third-party",
  602: "third-party",
  603: "custom-code",
};

/** Status codes beside which a message may tell a duplicate: no `apiCode` is documented for one in v3. */
const vagueStatusCodes: ReadonlySet<number> = new Set([400, 422, 499, 500]);
const saysDuplicate =
  /已(经)?(存在|被(占用|使用|注册|绑定)|绑定|注册)|already (exists?|taken|in use|used|bound|registered)|duplicate/i;
const namesField: readonly (readonly [Identifier, RegExp])[] = [
  ["externalId", /external_?\s?id|原系统|外部\s?id/i],
  ["username", /user_?\s?name|用户名/i],
  ["email", /e-?mail|邮箱|邮件/i],
  ["phone", /phone|mobile|手机|电话/i],
];

/** What a call was about, as far as its failures depend on it. */
export interface Attempted {
  /** It changed nothing, so that it may always be repeated. */
  readonly reads: boolean;
  /** It names people who exist, so that 404 means one of them; otherwise it means a department or tenant. */
  readonly needsUser: boolean;
  readonly records: number;
}

/** The answer to a call, or why there is none. */
export type Observation =
  /** An answer in Authing's envelope; a `statusCode` 200 here is one whose data says `success: false`. */
  | {
      readonly seen: "envelope";
      readonly httpStatus: number;
      readonly statusCode: number;
      readonly apiCode?: number | undefined;
      readonly requestId?: string | undefined;
      readonly message?: string | undefined;
      readonly retryAfterSeconds?: number | undefined;
    }
  /** An answer that is not Authing's: HTML, something too long, an incomplete answer. */
  | { readonly seen: "other"; readonly httpStatus: number; readonly retryAfterSeconds?: number | undefined }
  /** No answer. `sent`: the connection was open, so that Authing may have read the request. */
  | { readonly seen: "nothing"; readonly sent: boolean; readonly errorCode?: string | undefined }
  /** A look-up that reports success without a user. */
  | { readonly seen: "no-user"; readonly httpStatus: number; readonly requestId?: string | undefined }
  /** An answer that reports success without showing the result. */
  | {
      readonly seen: "unreadable-success";
      readonly httpStatus: number;
      readonly requestId?: string | undefined;
    };

/**
 * Names a failure. `apiCode` decides first, then `statusCode`, then HTTP. The message decides only three things: a duplicate where
 * no code says so, which of the identifiers it is about, and a refusal because of custom fields.
 */
export function classify(observation: Observation, attempted: Attempted): Failure {
  switch (observation.seen) {
    case "envelope": {
      const { httpStatus, statusCode, apiCode, requestId, retryAfterSeconds } = observation;
      return failureOf(meaningOf(observation, attempted), attempted, {
        httpStatus,
        statusCode,
        apiCode,
        requestId,
        retryAfterSeconds,
      });
    }
    case "other": {
      const { httpStatus, retryAfterSeconds } = observation;
      return failureOf({ kind: kindOfForeignAnswer(httpStatus) }, attempted, {
        httpStatus,
        retryAfterSeconds,
      });
    }
    case "nothing": {
      return failureOf({ kind: kindOfSilence(observation) }, attempted, {});
    }
    case "no-user": {
      const { httpStatus, requestId } = observation;
      return failureOf({ kind: "user-not-found" }, attempted, { httpStatus, statusCode: 200, requestId });
    }
    case "unreadable-success": {
      const { httpStatus, requestId } = observation;
      const failure = failureOf({ kind: "server-error" }, attempted, {
        httpStatus,
        statusCode: 200,
        requestId,
      });
      return { ...failure, applied: attempted.reads ? "no" : "yes" };
    }
  }
}

/** A refusal by our own rules: nothing was sent. */
export function refusedByRules(problems: NonNullable<Failure["problems"]>, attempted: Attempted): Failure {
  return { ...failureOf({ kind: "invalid-record" }, attempted, {}), applied: "no", problems };
}

function meaningOf(answer: Extract<Observation, { seen: "envelope" }>, { needsUser }: Attempted): Meaning {
  const { httpStatus, statusCode, message = "" } = answer;
  // The gateway in front of Authing sends this status, whatever the body says.
  if (httpStatus === 429) return { kind: "throttled" };
  const field = namesField.find(([, pattern]) => pattern.test(message))?.[0];
  const known = answer.apiCode === undefined ? undefined : byApiCode[answer.apiCode];
  const meaning: Meaning = known ?? { kind: byStatusCode[statusCode] ?? "server-error" };
  if (!known && vagueStatusCodes.has(statusCode) && saysDuplicate.test(message)) {
    return { kind: "duplicate", ...(field && { field }) };
  }
  if (meaning.kind === "duplicate" && !meaning.field && field) return { kind: "duplicate", field };
  if (!known && statusCode === 400 && /customData|custom field|自定义字段/i.test(message)) {
    return { kind: "bad-custom-field" };
  }
  if (meaning.kind === "user-not-found" && !needsUser) return { kind: "invalid-record" };
  return meaning;
}

function kindOfForeignAnswer(httpStatus: number): FailureKind {
  if (httpStatus >= 300 && httpStatus < 400) return "endpoint-wrong";
  if (httpStatus === 404) return "endpoint-wrong";
  return byStatusCode[httpStatus] ?? "server-error";
}

function kindOfSilence({ sent, errorCode = "" }: Extract<Observation, { seen: "nothing" }>): FailureKind {
  if (sent) return "unknown-outcome";
  // An invalid certificate, or a server that does not speak TLS.
  return /CERT|SELF_SIGNED|UNABLE_TO_|SSL|TLS|^EPROTO$|^HPE_/.test(errorCode)
    ? "endpoint-wrong"
    : "transient-network";
}

function failureOf(
  meaning: Meaning,
  { reads, records }: Attempted,
  seen: {
    readonly [Key in "httpStatus" | "statusCode" | "apiCode" | "requestId" | "retryAfterSeconds"]?:
      | Failure[Key]
      | undefined;
  },
): Failure {
  // A look-up changes nothing, so that its outcome is never unknown.
  const kind = reads && meaning.kind === "unknown-outcome" ? "transient-network" : meaning.kind;
  const { scope, applied, retry } = treatments[kind];
  const several = scope === "record" && records > 1;
  // With 413, the whole request is refused before Authing applies any of it.
  const partly = several && applied === "no" && kind !== "payload-too-large";
  return {
    ...meaning,
    kind,
    scope: several ? "batch" : scope,
    applied: reads ? "no" : partly ? "unknown" : applied,
    retry: reads && retry === "after-lookup" ? "after-delay" : retry,
    ...Object.fromEntries(Object.entries(seen).filter(([, value]) => value !== undefined)),
  };
}
