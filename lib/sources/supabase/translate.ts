import { isDeepStrictEqual } from "node:util";
import { customData } from "#lib/fields/custom-data.ts";
import { instant } from "#lib/fields/date.ts";
import {
  email,
  flag,
  nothing,
  plainWord,
  refused,
  status,
  unlessOpen,
  url,
  yesOrNo,
  type Encoded,
} from "#lib/fields/encode.ts";
import { externalId } from "#lib/fields/external-id.ts";
import { passwordHash } from "#lib/fields/kept-hash.ts";
import { fullName } from "#lib/fields/name.ts";
import { joiner, leaver, mover, secondFactor, tellsNothing } from "#lib/fields/person.ts";
import { phone } from "#lib/fields/phone.ts";
import { at, first, isEmpty, type Read } from "#lib/fields/read.ts";
import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, TranslationContext } from "#lib/contract/source.ts";
import type { JsonObject } from "#lib/payloads/body.ts";
import { interpret } from "#lib/payloads/interpret.ts";
import { eventTypes } from "./event-types.ts";
import type { Row } from "./split.ts";

/** Supabase's user → Authing's person. Paths, those of custom data too, begin at the user. */
export function translate(event: SourceEvent, context: TranslationContext): Change[] {
  const row = event.payload as Row;
  const { occurredAt } = event;
  const joining = () => joins(row, occurredAt, context);
  return interpret(
    event,
    {
      "hook.before-user-created": joining,
      "hook.after-user-created": joining,
      "auth.users.INSERT": joining,
      "auth.users.UPDATE": () => moves(row, occurredAt, context),
      "auth.users.DELETE": () => [leaver(at(row.record, "id"))],
      "auth.mfa_factors.INSERT": () => enrols(row),
      "auth.mfa_factors.UPDATE": () => enrols(row),
    },
    eventTypes,
  );
}

function joins({ record }: Row, occurredAt: string, context: TranslationContext): Change[] {
  if (isAnonymous(record)) return [];
  if (isDeleted(record)) return [leaver(at(record, "id"))];
  return [
    joiner([
      externalId(at(record, "id")),
      ...profile(record, context).flat(),
      ...unlessOpen(access(record, occurredAt)),
      ...passwordHash(at(record, "encrypted_password"), context.passwordHashes),
    ]),
  ];
}

/** Changes what differs from the row before. Without that row, all that is known of the user. */
function moves({ record, before }: Row, occurredAt: string, context: TranslationContext): Change[] {
  if (isDeleted(record)) return [leaver(at(record, "id"))];
  if (isAnonymous(record)) return [];
  const id = externalId(at(record, "id"));
  const now = profile(record, context);
  const open = access(record, occurredAt);
  if (before === undefined) return [mover([id, ...now.flat(), ...unlessOpen(open)])];

  const was = profile(before, context);
  const changed = now.flatMap((part, index) =>
    isDeepStrictEqual(part, was[index]) ? [] : [...part, ...emptied(part, was[index] ?? [])],
  );
  const hasChanged = !isDeepStrictEqual(open, access(before, occurredAt));
  const change = mover([id, ...changed, ...(hasChanged ? [open] : [])], {
    whole: [id, ...now.flat(), ...unlessOpen(open)],
  });
  // A sign-in changes the row, and nothing of the person; a user who is no longer anonymous is new.
  return tellsNothing(change) && !isAnonymous(before) ? [] : [change];
}

/** What becomes fields of a person, in parts of which each changes by itself. */
function profile(record: JsonObject, { region, customData: own }: TranslationContext): Encoded[][] {
  const said = (name: string): [Read, Read] => [
    at(record, `raw_user_meta_data.${name}`),
    at(record, `user_metadata.${name}`),
  ];
  return [
    verified(email(at(record, "email")), "emailVerified", at(record, "email_confirmed_at")),
    verified(phone(dialled(at(record, "phone")), region), "phoneVerified", at(record, "phone_confirmed_at")),
    [fullName({ full: first(...said("full_name"), ...said("name")) })],
    [url("photo", first(...said("avatar_url"), ...said("picture")))],
    customData(record, own),
  ];
}

/** Supabase writes `8613812345678` for +86 138 1234 5678. */
function dialled({ value, path }: Read): Read {
  return { value: typeof value === "string" && /^[1-9]\d+$/.test(value) ? `+${value}` : value, path };
}

/** An address, and whether its owner has confirmed it: the time of that, or nothing. */
function verified(
  address: Encoded,
  field: "emailVerified" | "phoneVerified",
  { value, path }: Read,
): Encoded[] {
  if (Object.keys(address.fields).length === 0) return [address];
  return [address, flag(field, { value: !isEmpty(value), path })];
}

/** A field that was emptied is not sent, since Authing keeps what an update does not hold; it is reported. */
function emptied(part: readonly Encoded[], was: readonly Encoded[]): Encoded[] {
  const isThere = part.some(({ fields, problem }) => problem !== undefined || Object.keys(fields).length > 0);
  const lost = was.find(({ fields }) => Object.keys(fields).length > 0);
  return isThere || lost === undefined
    ? []
    : [refused({ value: undefined, path: lost.path }, "kept", "emptied-at-source")];
}

/** A ban that ends within a year ends by itself, and no event tells of it. Supabase's own way to ban for good is a hundred years. */
const passingBanMilliseconds = 365 * 24 * 60 * 60_000;

function access(record: JsonObject, occurredAt: string): Encoded {
  const read = at(record, "banned_until");
  const until = timeIn(read);
  const remaining = until === undefined ? 0 : Date.parse(until) - Date.parse(occurredAt);
  if (remaining > 0 && remaining < passingBanMilliseconds) return nothing(read, "table");
  const word = remaining > 0 ? "banned" : "open";
  return status({ value: word, path: read.path }, { banned: "Suspended", open: "Activated" });
}

function isDeleted(record: JsonObject): boolean {
  return timeIn(at(record, "deleted_at")) !== undefined;
}

/** An anonymous user has nothing to sign in with; once there is an address, an update says so. */
function isAnonymous(record: JsonObject): boolean {
  const { value, path } = at(record, "is_anonymous");
  if (isEmpty(value)) return false;
  return yesOrNo(value) ?? refuseStatus(path);
}

/** @throws InboundError `malformed` `status-unknown` for what is there and is no time: it may say that the account is closed. */
function timeIn({ value, path }: Read): string | undefined {
  return isEmpty(value) ? undefined : (instant(value) ?? refuseStatus(path));
}

function refuseStatus(path: string): never {
  throw new InboundError("malformed", "status-unknown", { path });
}

/** The secret of an authenticator app, once its owner has confirmed it with a code. A row that only counts its use brings nothing. */
function enrols({ record, before }: Row): Change[] {
  const kind = plainWord(record.factor_type);
  if (kind === "phone" || kind === "webauthn") return [];
  if (kind !== "totp") return refuseStatus("factor_type");
  if (!isConfirmed(record)) return [];
  if (before && isConfirmed(before) && before.secret === record.secret) return [];
  return [secondFactor(at(record, "user_id"), at(record, "secret"))];
}

function isConfirmed(factor: JsonObject): boolean {
  const word = plainWord(factor.status);
  if (word !== "verified" && word !== "unverified") return refuseStatus("status");
  return word === "verified";
}
