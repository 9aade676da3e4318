import { InboundError, type ErrorCode } from "#lib/contract/errors.ts";
import type { ApiAnswer } from "#lib/contract/source-api.ts";

// The failures of sources' APIs. One failure has one name, whatever the vendor calls it: logs, READMEs and alarms say it.

/** Name → whether an operator has to do something (`misconfigured`) or it passes by itself (`unavailable`). */
const codes = {
  "source-credentials-refused": "misconfigured",
  "source-permission-missing": "misconfigured",
  "source-address-not-allowed": "misconfigured",
  "source-host-wrong": "misconfigured",
  "source-throttles": "unavailable",
  "source-answer-unexpected": "unavailable",
} as const satisfies Readonly<Record<string, ErrorCode>>;

export type SourceFailure = keyof typeof codes;

/** What the operator does, as the source knows it better. */
export type FailureHints = Readonly<Partial<Record<SourceFailure, string>>>;

const defaultHints: FailureHints = {
  "source-credentials-refused": "compare the credentials in this source's secret with the vendor's screen",
  "source-permission-missing":
    "give the app the permissions and the range of people that the source's README names",
  "source-address-not-allowed": "add the addresses that this function calls from to the app's allowed ones",
  "source-host-wrong": "compare the host in this source's secret with the vendor's screen",
};

export function sourceFailure(failure: SourceFailure, hints: FailureHints = {}): InboundError {
  const hint = hints[failure] ?? defaultHints[failure];
  return new InboundError(codes[failure], failure, hint === undefined ? {} : { hint });
}

/** A source whose secret lacks what its API is asked with, where the API has to be asked. `fields`: the names in the secret. */
export function credentialsMissing(fields: string): InboundError {
  return new InboundError("misconfigured", "api-credentials-missing", {
    hint: `store ${fields} in the secret of this source`,
  });
}

/**
 * What HTTP alone says of an answer that is neither what was asked for nor a documented "does not exist". The transport has
 * waited out 429 and 5xx already.
 */
export function failureOf({ status }: ApiAnswer): SourceFailure {
  if (status === 401 || status === 403) return "source-credentials-refused";
  // A 404 that the vendor does not document comes from a host that is not the vendor's: it says nothing about the person.
  if (status === 404 || (status >= 300 && status < 400)) return "source-host-wrong";
  return "source-answer-unexpected";
}
