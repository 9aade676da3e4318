import { customData } from "#lib/fields/custom-data.ts";
import { email, flag, plainWord, status, text, url, type Encoded, unlessOpen } from "#lib/fields/encode.ts";
import { externalId } from "#lib/fields/external-id.ts";
import { gender } from "#lib/fields/gender.ts";
import { passwordHash } from "#lib/fields/kept-hash.ts";
import { fullName } from "#lib/fields/name.ts";
import { joiner, leaver, mover, secondFactor } from "#lib/fields/person.ts";
import { phone } from "#lib/fields/phone.ts";
import { at, type Read } from "#lib/fields/read.ts";
import { settingProblems } from "#lib/fields/totp-settings.ts";
import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, TranslationContext } from "#lib/contract/source.ts";
import { isJsonObject, type JsonObject } from "#lib/payloads/body.ts";
import { interpret, type Meanings } from "#lib/payloads/interpret.ts";
import { eventTypes } from "./event-types.ts";
import { secretMakers, type ZitadelEvent, type ZitadelSecret } from "./split.ts";

/** ZITADEL's user → Authing's person. The fields come from the user as ZITADEL has them today. */
export function translate(event: SourceEvent, context: TranslationContext): Change[] {
  const id: Read = { value: event.subject, path: "aggregateID" };
  const said = event.payload as ZitadelEvent;
  const present = (change: (user: JsonObject) => Change) => () => whereStillThere(id, said.user, change);
  const joining = present((user) =>
    joiner([
      ...profile(user, context),
      ...unlessOpen(access(user)),
      ...passwordHash({ value: said.encodedHash, path: "event_payload.encodedHash" }, context.passwordHashes),
    ]),
  );
  const moving = present((user) => mover([...profile(user, context), ...unlessOpen(access(user))]));
  const deactivated = status({ value: "deactivated", path: "event_type" }, { deactivated: "Suspended" });
  return interpret(
    event,
    {
      "user.human.added": joining,
      "user.human.selfregistered": joining,
      "user.domain.claimed": moving,
      "user.human.email.changed": moving,
      "user.human.email.verified": moving,
      "user.human.phone.changed": moving,
      "user.human.phone.verified": moving,
      "user.human.profile.changed": moving,
      "user.username.changed": moving,
      "user.deactivated": () => [mover([deactivated], { id })],
      "user.reactivated": present((user) => mover([...profile(user, context), access(user)])),
      "user.removed": () => [leaver(id)],
      ...secrets(event, id),
    },
    eventTypes,
  );
}

/** Of the methods that make a TOTP secret: the secret of a user who has confirmed it, else nothing. */
function secrets({ payload }: SourceEvent, id: Read): Meanings {
  const said = payload as ZitadelSecret;
  const importing = (): Change[] => {
    if (said.isConfirmed === undefined) throw notRead("authMethodTypes");
    if (!said.isConfirmed) return [];
    refuseUnsupported(said.uri);
    return [secondFactor(id, { value: said.secret, path: "response.secret" })];
  };
  return Object.fromEntries(Object.keys(secretMakers).map((method) => [method, importing]));
}

/** @throws InboundError `malformed` for settings of codes that Authing has not: the secret would lock its owner out. */
function refuseUnsupported(written: unknown): void {
  const uri = typeof written === "string" ? URL.parse(written) : null;
  const [type, parameter] = [uri?.hostname, (name: string) => uri?.searchParams.get(name)];
  const [problem] = settingProblems({
    type,
    algorithm: parameter("algorithm"),
    digits: parameter("digits"),
    period: parameter("period"),
  });
  if (problem) throw new InboundError("malformed", problem[1], { path: "response.uri" });
}

/** A user who does not exist any more, or is deleted, has left, whatever the event says. A machine is no person. */
function whereStillThere(
  id: Read,
  user: JsonObject | null | undefined,
  change: (user: JsonObject) => Change,
): Change[] {
  if (user === undefined) throw notRead("user");
  if (user === null || stateOf(user) === "deleted") return [leaver(id)];
  if (!isJsonObject(user.human) && isJsonObject(user.machine)) return [];
  return [change(user)];
}

const notRead = (path: string) => new InboundError("malformed", "user-not-read", { path });

const stateOf = (user: JsonObject): string => plainWord(at(user, "state").value).replace(/^user_state_/, "");

/** A lock follows wrong passwords, so that it closes nothing; `initial` is a user who has not set a password yet. */
export function access(user: JsonObject): Encoded {
  return status(
    { value: stateOf(user) || "missing", path: "state" },
    { active: "Activated", initial: "Activated", locked: "Activated", inactive: "Suspended" },
  );
}

function profile(user: JsonObject, { region, ...context }: TranslationContext): Encoded[] {
  const read = (name: string) => at(user, `human.${name}`);
  return [
    externalId(at(user, "userId")),
    ...withProof(email(read("email.email")), "emailVerified", read("email.isVerified")),
    ...withProof(phone(read("phone.phone"), region), "phoneVerified", read("phone.isVerified")),
    text("username", at(user, "username")),
    fullName({
      full: read("profile.displayName"),
      given: read("profile.givenName"),
      family: read("profile.familyName"),
    }),
    text("nickname", read("profile.nickName")),
    text("locale", read("profile.preferredLanguage")),
    url("photo", read("profile.avatarUrl")),
    gender(genderOf(read("profile.gender"))),
    ...customData(user, context.customData),
  ];
}

/** An identifier and whether it is verified. ZITADEL's JSON leaves out what is false. */
function withProof(said: Encoded, field: "emailVerified" | "phoneVerified", proof: Read): Encoded[] {
  if (Object.keys(said.fields).length === 0) return [said];
  return [said, flag(field, { ...proof, value: proof.value === true })];
}

/** `GENDER_FEMALE` and the like; `GENDER_UNSPECIFIED` is a field that was never filled. */
function genderOf({ value, path }: Read): Read {
  const word = typeof value === "string" ? value.replace(/^GENDER_/, "") : value;
  return { value: word === "UNSPECIFIED" ? undefined : word, path };
}
