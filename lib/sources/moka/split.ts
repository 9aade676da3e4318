import { hash } from "node:crypto";
import { instant } from "#lib/fields/date.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, VerifiedDelivery } from "#lib/contract/source.ts";
import { hashOfJson, isJsonObject, readId, readJsonObject, type JsonObject } from "#lib/payloads/body.ts";

/** What there is of an event of Moka People: the person that it is about. */
export interface EmployeeReference {
  readonly employeeId: string;
}

/** What `translate` reads of an event of the recruiting system. */
export interface CandidateEvent {
  readonly data: JsonObject;
}

/** The subject of an event that is about no employee. */
const noPerson = "none";

/** One event a delivery: of Moka People in the query of a GET, of Moka's recruiting system as posted JSON. */
export function split(delivery: VerifiedDelivery): SourceEvent[] {
  return [delivery.method === "GET" ? employeeEvent(delivery) : candidateEvent(delivery)];
}

/** https://people.mokahr.com/docs/api/view/v1.html: `requestUniqueKey` stays the same over retries. */
function employeeEvent({ query, payload, receivedAt }: VerifiedDelivery): SourceEvent {
  const employeeId = only(query, "employeeId");
  const isOnboarding = employeeId === undefined && query.has("obId");
  const [source, modification] = [word(query, "sourceType"), word(query, "modifyType")];
  const type = `people.${isOnboarding ? "onboarding" : source}.${modification}`;
  if (employeeId === undefined && source === "1" && !isOnboarding) {
    throw new InboundError("malformed", "id-missing", { path: "employeeId" });
  }
  const key = only(query, "requestUniqueKey");
  const happenedAt = instant(only(query, "ts"));
  return {
    id: key ?? hash("sha256", payload, "hex"),
    subject: employeeId ?? noPerson,
    type,
    occurredAt: happenedAt ?? new Date(receivedAt).toISOString(),
    ...(key === undefined && happenedAt === undefined && { isUndated: true as const }),
    payload: { employeeId: employeeId ?? noPerson } satisfies EmployeeReference,
  };
}

function only(query: URLSearchParams, name: string): string | undefined {
  const [value, ...others] = query.getAll(name);
  return others.length > 0 ? undefined : readId(value);
}

function word(query: URLSearchParams, name: string): string {
  const value = only(query, name) ?? "";
  if (/^\w{1,20}$/.test(value)) return value;
  throw new InboundError("malformed", "type-missing", { path: name });
}

/**
 * https://www.mokahr.com/docs/api/: `id` is the event's. A candidate's id and an employee's are not one name space, so the subject says
 * which one it is.
 */
function candidateEvent({ payload, receivedAt }: VerifiedDelivery): SourceEvent {
  const document = readJsonObject(payload);
  const { event: type, data, triggeredAt } = document;
  if (typeof type !== "string" || !/^\w{1,100}$/.test(type)) {
    throw new InboundError("malformed", "type-missing", { path: "event" });
  }
  if (typeof data === "string") {
    throw new InboundError("malformed", "data-encrypted", {
      path: "data",
      hint: "let Moka's customer success manager switch the encryption of the data off: deliveries are signed and travel over https",
    });
  }
  if (!isJsonObject(data)) throw new InboundError("malformed", "data-missing", { path: "data" });
  const candidateId = readId(data.candidateId);
  if (candidateId === undefined) {
    throw new InboundError("malformed", "id-missing", { path: "data.candidateId" });
  }
  const id = readId(document.id);
  const happenedAt = instant(triggeredAt, "seconds");
  return {
    id: id === undefined ? hashOfJson(document) : `${type} ${id}`.slice(0, 256),
    subject: `candidate-${candidateId}`.slice(0, 256),
    type,
    occurredAt: happenedAt ?? new Date(receivedAt).toISOString(),
    ...(id === undefined && happenedAt === undefined && { isUndated: true as const }),
    payload: { data } satisfies CandidateEvent,
  };
}
