import { customData } from "#lib/fields/custom-data.ts";
import { departments } from "#lib/fields/departments.ts";
import {
  email,
  plainText,
  plainWord,
  status,
  text,
  url,
  type Encoded,
  unlessOpen,
} from "#lib/fields/encode.ts";
import { externalId } from "#lib/fields/external-id.ts";
import { gender } from "#lib/fields/gender.ts";
import { fullName } from "#lib/fields/name.ts";
import { joiner, leaver, mover } from "#lib/fields/person.ts";
import { phone } from "#lib/fields/phone.ts";
import { at, first, isEmpty, type Read } from "#lib/fields/read.ts";
import type { Change } from "#lib/contract/change.ts";
import type { SourceEvent, TranslationContext } from "#lib/contract/source.ts";
import { interpret } from "#lib/payloads/interpret.ts";
import { eventTypes } from "./event-types.ts";
import type { FetchedChange } from "./fetch.ts";

/** Of `Status`: has left the company by oneself. */
const leftByOneself = "5";
/**
 * How long an update waits before it creates a member who is unknown, in seconds. WeCom repeats an event that was not answered in
 * time, so that an update under a new UserID may come before the event that says who has been given it.
 */
const createsAfterSeconds = 60;

/** WeCom's member → Authing's person. */
export function translate(event: SourceEvent, context: TranslationContext): Change[] {
  const change = event.payload as FetchedChange;
  // Of a rename this is the old id, by which Authing knows them; the new one is among the fields.
  const id = { value: change.userId, path: "event.UserID" };
  const whereStillThere = (present: () => Change) => () => [
    change.gone || plainWord(statusOf(change).value) === leftByOneself ? leaver(id) : present(),
  ];
  return interpret(
    event,
    {
      create_user: whereStillThere(() =>
        joiner([...profile(change, context), ...unlessOpen(access(change))]),
      ),
      update_user: whereStillThere(() =>
        // The username is always there, so a member who was fetched can be created.
        mover([...profile(change, context), access(change)], {
          id,
          isWhole: change.user !== undefined,
          createsAfterSeconds,
          ...(change.newUserId !== undefined && { newSubject: change.newUserId }),
        }),
      ),
      delete_user: () => [leaver(id)],
    },
    eventTypes,
  );
}

/**
 * A field of the event wins over the same field of WeCom's API: https://developer.work.weixin.qq.com/document/path/90196.
 * WeCom tells apps made since June 2022 neither mobile, mail, gender, picture nor address.
 */
function profile(
  change: FetchedChange,
  { region, departments: map, ...context }: TranslationContext,
): Encoded[] {
  const id: Read =
    change.newUserId === undefined
      ? { value: change.userId, path: "event.UserID" }
      : { value: change.newUserId, path: "event.NewUserID" };
  return [
    externalId(id),
    text("username", id),
    email(first(at(change, "event.BizMail"), at(change, "user.biz_mail"))),
    email(first(at(change, "event.Email"), at(change, "user.email"))),
    phone(first(at(change, "event.Mobile"), at(change, "user.mobile")), region),
    fullName({ full: first(at(change, "event.Name"), at(change, "user.name")) }),
    text("nickname", first(at(change, "event.Alias"), at(change, "user.alias"))),
    gender(first(at(change, "event.Gender"), at(change, "user.gender"))),
    url("photo", first(at(change, "event.Avatar"), at(change, "user.avatar"))),
    text("address", first(at(change, "event.Address"), at(change, "user.address"))),
    ...departments(departmentsOf(change), map, rolesOf(change)),
    ...customData({ ...change, attributes: attributesOf(change) }, context.customData),
  ];
}

/** 2: the member is forbidden to use WeCom. 4: the member has not used it yet, which changes by itself. */
function access(change: FetchedChange): Encoded {
  return status(statusOf(change), { 1: "Activated", 2: "Suspended", 4: "Activated" });
}

function statusOf(change: FetchedChange): Read {
  return first(at(change, "event.Status"), at(change, "user.status"));
}

/** `1,2` in the event, a list in the answer. */
function departmentsOf(change: FetchedChange): Read {
  const read = first(at(change, "event.Department"), at(change, "user.department"));
  return typeof read.value === "string" ? { ...read, value: read.value.split(",") } : read;
}

/** Whether the member leads a department is said in the order of the departments, in the event and in the answer alike. */
function rolesOf(change: FetchedChange) {
  const isSaid = !isEmpty(at(change, "event.Department").value);
  const leads = listOf(at(change, isSaid ? "event.IsLeaderInDept" : "user.is_leader_in_dept").value);
  const ids = listOf(departmentsOf(change).value);
  return {
    leads: new Set(ids.filter((_, index) => leads[index] === "1")),
    main: plainText(first(at(change, "event.MainDepartment"), at(change, "user.main_department")).value),
  };
}

/** `1,0` or `[1, 0]`. */
function listOf(value: unknown): string[] {
  const entries: readonly unknown[] =
    typeof value === "string" ? value.split(",") : Array.isArray(value) ? value : [];
  return entries.map((entry) => plainText(entry) ?? "");
}

/** The company's own fields by their names, since the places of a list say nothing. */
function attributesOf(change: FetchedChange): Readonly<Record<string, unknown>> {
  const told = entriesOf(at(change, "user.extattr.attrs"), "name", "text.value");
  const said = entriesOf(at(change, "event.ExtAttr.Item"), "Name", "Text.Value");
  return Object.fromEntries([...told, ...said]);
}

function entriesOf({ value }: Read, name: string, content: string): [string, unknown][] {
  return ([value ?? []].flat() as unknown[]).flatMap((entry): [string, unknown][] => {
    const key = at(entry, name).value;
    return typeof key === "string" ? [[key, at(entry, content).value]] : [];
  });
}
