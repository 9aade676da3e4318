import { customData } from "#lib/fields/custom-data.ts";
import { departments } from "#lib/fields/departments.ts";
import { email, plainWord, refused, status, text, url, type Encoded } from "#lib/fields/encode.ts";
import { chosenId, requiredExternalId } from "#lib/fields/external-id.ts";
import { gender } from "#lib/fields/gender.ts";
import { fullName } from "#lib/fields/name.ts";
import { joiner, leaver, mover, tellsNothing } from "#lib/fields/person.ts";
import { phone } from "#lib/fields/phone.ts";
import { at, first, isEmpty, type Read } from "#lib/fields/read.ts";
import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, TranslationContext } from "#lib/contract/source.ts";
import { isJsonObject, readId, type JsonObject } from "#lib/payloads/body.ts";
import { interpret } from "#lib/payloads/interpret.ts";
import { eventTypes } from "./event-types.ts";
import { externalIds } from "./external-ids.ts";
import type { PeopleEvent, UserEvent } from "./split.ts";

/** Feishu's user → Authing's person. Paths, those of custom data too, begin at the user. */
export function translate(event: SourceEvent, context: TranslationContext): Change[] {
  const people = event.payload as PeopleEvent;
  const moved = () => moving({ user: userOf(people) }, context);
  return interpret(
    event,
    {
      "contact.user.created_v3": () => joining(event.payload as UserEvent, context),
      "contact.user.updated_v3": () => moving(event.payload as UserEvent, context),
      "contact.user.deleted_v3": () => [leaver(idOf((event.payload as UserEvent).user, context))],
      "corehr.job_data.employed_v1": () => joining({ user: userOf(people) }, context),
      "corehr.employee.domain_event_v2": moved,
      "corehr.employment.created_v1": moved,
      // Whether the person has left, too, the contacts say.
      "corehr.employment.deleted_v1": moved,
      "corehr.employment.updated_v1": moved,
      "corehr.job_data.changed_v1": moved,
      "corehr.employment.resigned_v1": () => [resigning(people, context)],
      "corehr.offboarding.status_updated_v2": () => offboarding(people, context),
      "corehr.offboarding.updated_v1": () => offboarding(people, context),
      "v1.user_add": refuseVersion,
      "v1.user_update": refuseVersion,
      "v1.user_leave": refuseVersion,
      "v1.user_status_change": refuseVersion,
    },
    eventTypes,
  );
}

/** The contacts' user that an event of Feishu People is about. */
function userOf({ user }: PeopleEvent): JsonObject {
  if (user) return user;
  throw new InboundError("malformed", "person-not-shown", {
    path: "event.target_user_id",
    hint: "extend the app's range of contacts in Feishu, release the app, and redrive",
  });
}

/** The ledger knows the person by the event's subject, where another id is the `externalId`. */
function resigning({ openId }: PeopleEvent, context: TranslationContext): Change {
  if (openId === undefined)
    throw new InboundError("malformed", "id-missing", { path: "event.target_user_id" });
  return leaver(idOf({ open_id: openId }, context));
}

/**
 * 3: the departure has taken effect. Before it is asked for (1), approved (2) or needs no approval (6), was refused (4) or withdrawn (5); none
 * of them says the last day. https://open.feishu.cn/document/uAjLw4CM/ukTMukTMukTM/corehr-v2/offboarding/events/status_updated
 */
function offboarding(people: PeopleEvent, context: TranslationContext): Change[] {
  const word = plainWord(people.status);
  if (word === "3") return [resigning(people, context)];
  if (["1", "2", "4", "5", "6"].includes(word)) return [];
  throw new InboundError("malformed", "status-unknown", { path: "event.status" });
}

/** Events of the first version are about people, in other words than those that are translated here. */
function refuseVersion(): never {
  throw new InboundError("malformed", "event-version-unsupported", {
    path: "event.type",
    hint: "in Feishu's console, add the events of version 2.0 (contact.user.created_v3, updated_v3, deleted_v3) and take those of version 1.0 out; then discard",
  });
}

function joining({ user }: UserEvent, context: TranslationContext): Change[] {
  return [hasLeft(user) ? leaver(idOf(user, context)) : joiner(whole(user, context))];
}

/** Changes the fields that `before` names. Where `before` is missing nothing says what changed, and all fields are sent. */
function moving({ user, before }: UserEvent, context: TranslationContext): Change[] {
  if (hasLeft(user)) return [leaver(idOf(user, context))];
  const changed = [
    requiredExternalId(idOf(user, context), idHint),
    ...parts(user, context)
      .filter(({ from }) => hasChanged(before, from))
      .flatMap((part) => [...part.encoded, ...emptied(part, before)]),
    ...(isReopened(user, before) || (isFrozen(user) && hasChanged(before, ["status"])) ? [access(user)] : []),
  ];
  // Authing knows the person by the id before, where that is what changed.
  const change = mover(changed, {
    id: first(idOf(before, context), idOf(user, context)),
    whole: whole(user, context),
  });
  // What changed is a leader, a job level, a seat: nothing that Authing has a field for. But an id that was filled in brings a
  // person who could not be brought without it.
  const hasNewId = before !== undefined && hasChanged(before, [chosenId(context, externalIds)]);
  return tellsNothing(change) && !hasNewId ? [] : [change];
}

function whole(user: JsonObject, context: TranslationContext): Encoded[] {
  return [
    requiredExternalId(idOf(user, context), idHint),
    ...parts(user, context).flatMap(({ encoded }) => encoded),
    // Authing creates an account as open; only the closed state has to be sent.
    ...(isFrozen(user) ? [access(user)] : []),
  ];
}

/** Something of a person, and the fields of the user that decide it. */
interface Part {
  readonly from: readonly string[];
  readonly encoded: readonly Encoded[];
}

function parts(
  user: JsonObject,
  { region, departments: map, customData: fields }: TranslationContext,
): Part[] {
  /** Of several paths the first one that has a value counts, and no change behind it matters. */
  const part = (paths: readonly [string, ...string[]], encode: (read: Read) => Encoded | Encoded[]): Part => {
    const [preferred, ...others] = paths;
    const read = first(at(user, preferred), ...others.map((path) => at(user, path)));
    const counting = isEmpty(read.value) ? paths : paths.slice(0, paths.indexOf(read.path) + 1);
    return { from: counting.map(topOf), encoded: [encode(read)].flat() };
  };
  return [
    part(["enterprise_email", "email"], email),
    part(["mobile"], (read) => phone(read, region)),
    part(["name"], (full) => fullName({ full })),
    part(["nickname", "en_name"], (read) => text("nickname", read)),
    part(["gender"], gender),
    part(["avatar.avatar_origin", "avatar.avatar_640"], (read) => url("photo", read)),
    part(["country"], (read) => text("country", read)),
    part(["city"], (read) => text("city", read)),
    // Which one is the main one is in `orders`; who leads a department is not in the user.
    {
      from: ["department_ids", "orders"],
      encoded: departments(at(user, "department_ids"), map, { main: mainDepartmentOf(user) }),
    },
    // All of it when any of it changed: whether an update adds to what is there or replaces it is not documented.
    { from: Object.values(fields).map(topOf), encoded: customData(user, fields) },
  ];
}

function mainDepartmentOf({ orders }: JsonObject): string | undefined {
  const main = Array.isArray(orders)
    ? orders.find((order: unknown) => at(order, "is_primary_dept").value === true)
    : undefined;
  return readId(at(main, "department_id").value);
}

/** A field that was emptied is not sent, since Authing keeps what an update does not hold; it is reported. */
function emptied({ from, encoded }: Part, before: JsonObject | undefined): Encoded[] {
  const isThere = encoded.some(
    ({ fields, problem }) => problem !== undefined || Object.keys(fields).length > 0,
  );
  const path = isThere
    ? undefined
    : from.find((field) => before !== undefined && Object.hasOwn(before, field));
  return path === undefined ? [] : [refused({ value: undefined, path }, "kept", "emptied-at-source")];
}

function hasChanged(before: JsonObject | undefined, fields: readonly string[]): boolean {
  return before === undefined || fields.some((field) => Object.hasOwn(before, field));
}

function topOf(path: string): string {
  return path.split(/[.[]/, 1)[0] as string;
}

/** Of a leaver whose id the app may not see any more it is empty: the ledger knows the person by the event's subject. */
function idOf(user: JsonObject | undefined, context: TranslationContext): Read {
  return at(user, chosenId(context, externalIds));
}

const idHint =
  "give the app the permission for this id in Feishu, or name another one as externalId in inbound.config.ts";

function hasLeft(user: JsonObject): boolean {
  return isTrue(user, "status.is_resigned") || isTrue(user, "status.is_exited");
}

function isFrozen(user: JsonObject): boolean {
  return isTrue(user, "status.is_frozen");
}

/** Feishu closed the account and has opened it again. A person who begins to use Feishu late does not open an account that others closed. */
function isReopened(user: JsonObject, before: JsonObject | undefined): boolean {
  return before !== undefined && (hasLeft(before) || isFrozen(before)) && !isFrozen(user);
}

function access(user: JsonObject): Encoded {
  return status({ value: isFrozen(user), path: "status" }, { true: "Suspended", false: "Activated" });
}

/** @throws InboundError `malformed` `status-unknown` for what says neither yes nor no. */
function isTrue(user: JsonObject, path: string): boolean {
  const { value } = at(user, path);
  const isReadable = isEmpty(user.status) || isJsonObject(user.status);
  if (isReadable && (typeof value === "boolean" || isEmpty(value))) return value === true;
  throw new InboundError("malformed", "status-unknown", { path });
}
