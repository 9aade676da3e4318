import { instant } from "#lib/fields/date.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, VerifiedDelivery } from "#lib/contract/source.ts";
import { isJsonObject, readId, readJsonObject, type JsonObject } from "#lib/payloads/body.ts";
import { isUninteresting } from "#lib/payloads/interpret.ts";
import { eventTypes } from "./event-types.ts";

/** What there is of a person in an event. Names on the inside are Feishu's. */
export interface UserEvent {
  /** The person as they are now, as far as the app may see them. */
  readonly user: JsonObject;
  /** The fields that changed, as they were before. Without it, it is not known what changed. */
  readonly before?: JsonObject;
}

/**
 * What there is of an event of Feishu People (飞书人事, `corehr`): ids of the person, and the state of a departure. `fetch` adds the user
 * of the contacts.
 */
export interface PeopleEvent {
  readonly openId?: string;
  readonly employmentId?: string;
  readonly status?: unknown;
  /** As the contacts have them today; absent where Feishu was not asked, or does not show them. */
  readonly user?: JsonObject;
}

/** The types of Feishu People that are translated. */
const ofPeople =
  /^corehr\.(?:employee\.domain_event_v2|employment\.(?:created|deleted|resigned|updated)_v1|job_data\.(?:changed|employed)_v1|offboarding\.(?:status_updated_v2|updated_v1))$/;

/** The subject, and so the group in the queue, of events that are about no person. */
const noPerson = "none";

/**
 * One event a delivery: `{schema: "2.0", header, event: {object, old_object}}`, or an envelope of the first version, which we do
 * not translate. `event_id` and `uuid` stay the same over retries.
 *
 * https://open.feishu.cn/document/server-docs/contact-v3/user/events/created
 */
export function split(delivery: VerifiedDelivery): SourceEvent[] {
  const document = readJsonObject(delivery.payload);
  const received = new Date(delivery.receivedAt).toISOString();
  if (!isJsonObject(document.header)) {
    const event = isJsonObject(document.event) ? document.event : {};
    const type = `v1.${typeAt(event, "type", "event.type")}`;
    return [
      {
        id: idAt(document, "uuid", "uuid"),
        subject: readId(event.open_id) ?? noPerson,
        type,
        occurredAt: momentOf(document.ts) ?? received,
        payload: kept(type, event),
      },
    ];
  }

  const { header } = document;
  const type = typeAt(header, "event_type", "header.event_type");
  const common = {
    id: idAt(header, "event_id", "header.event_id"),
    type,
    occurredAt: momentOf(header.create_time) ?? received,
  };
  const event = isJsonObject(document.event) ? document.event : {};
  if (ofPeople.test(type)) return [peopleEvent(common, event)];
  const { object: user, old_object: before } = event;
  if (!type.startsWith("contact.user.")) {
    const openId = isJsonObject(user) ? readId(user.open_id) : undefined;
    return [{ ...common, subject: openId ?? noPerson, payload: kept(type, event) }];
  }
  if (!isJsonObject(user)) throw new InboundError("malformed", "user-missing", { path: "event.object" });
  return [
    {
      ...common,
      subject: idAt(user, "open_id", "event.object.open_id"),
      payload: { user, ...(isJsonObject(before) && { before }) } satisfies UserEvent,
    },
  ];
}

/** https://open.feishu.cn/document/server-docs/corehr-v1/employee/job_data/employed: some events have the employment's id alone. */
function peopleEvent(
  common: Pick<SourceEvent, "id" | "type" | "occurredAt">,
  event: JsonObject,
): SourceEvent {
  const target = isJsonObject(event.target_user_id) ? event.target_user_id : {};
  const [openId, employmentId] = [readId(target.open_id), readId(event.employment_id)];
  return {
    ...common,
    subject: openId ?? (employmentId === undefined ? noPerson : `employment-${employmentId}`.slice(0, 256)),
    payload: {
      ...(openId !== undefined && { openId }),
      ...(employmentId !== undefined && { employmentId }),
      ...(event.status !== undefined && { status: event.status }),
    } satisfies PeopleEvent,
  };
}

/**
 * Of an event that says nothing about a person's account no content is kept: it may hold anything, messages included. An event
 * that is not understood is kept whole, among the dead letters, until it is.
 */
function kept(type: string, event: JsonObject): JsonObject {
  return isUninteresting(type, eventTypes) ? {} : event;
}

function idAt(object: JsonObject, key: string, path: string): string {
  const id = readId(object[key]);
  if (id === undefined) throw new InboundError("malformed", "id-missing", { path });
  return id;
}

function typeAt(object: JsonObject, key: string, path: string): string {
  const type = object[key];
  if (typeof type === "string" && /^[\w.-]{1,100}$/.test(type)) return type;
  throw new InboundError("malformed", "type-missing", { path });
}

/** Milliseconds as text, and microseconds in an event that Feishu's own SDK is tested with; seconds in the first version. */
function momentOf(time: unknown): string | undefined {
  return instant(typeof time === "string" ? time.replace(/^(\d{13})\d{3}$/, "$1") : time);
}
