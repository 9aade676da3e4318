import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, VerifiedDelivery } from "#lib/contract/source.ts";
import { hashOfJson, isJsonObject, readId, readJsonObject, type JsonObject } from "#lib/payloads/body.ts";

/** What `translate` reads: the candidate, and the application they were hired with. Empty for events about others. */
export interface GreenhouseEvent {
  readonly candidate?: JsonObject;
  readonly application?: JsonObject;
  /** From a list; and when the offer was accepted, ISO 8601, where Greenhouse says so. */
  readonly isListed?: true;
  readonly hiredAt?: string;
}

const aboutPeople = new Set(["hire_candidate", "unhire_candidate", "update_candidate"]);

/**
 * One event a delivery: `{ action, payload }`. It holds no time, and the id in the header `Greenhouse-Event-ID` is not signed: what is
 * said is the id. https://developers.greenhouse.io/webhooks.html
 */
export function split(delivery: VerifiedDelivery): SourceEvent[] {
  const document = readJsonObject(delivery.payload);
  const { action: type, payload } = document;
  if (typeof type !== "string" || !/^\w{1,100}$/.test(type)) {
    throw new InboundError("malformed", "type-missing", { path: "action" });
  }
  const said = aboutPeople.has(type) ? personOf(payload) : {};
  const subject = said.candidate === undefined ? "none" : readId(said.candidate.id);
  if (subject === undefined || (aboutPeople.has(type) && said.candidate === undefined)) {
    throw new InboundError("malformed", "id-missing", { path: "payload.application.candidate.id" });
  }
  return [
    {
      id: hashOfJson(document),
      subject,
      type,
      occurredAt: new Date(delivery.receivedAt).toISOString(),
      isUndated: true,
      payload: said,
    },
  ];
}

/** Without files, notes and what interviews are kept for: nothing of that becomes a field of an account. */
const dropped = new Set(["attachments", "educations", "employments", "tags", "recruiter", "coordinator"]);

function personOf(payload: unknown): GreenhouseEvent {
  if (!isJsonObject(payload)) return {};
  const { application } = payload;
  const { candidate: inside, ...others } = isJsonObject(application) ? application : {};
  const candidate = inside ?? payload.candidate;
  if (!isJsonObject(candidate)) return {};
  const kept = Object.fromEntries(Object.entries(candidate).filter(([name]) => !dropped.has(name)));
  return { candidate: kept, ...(isJsonObject(application) && { application: others }) };
}
