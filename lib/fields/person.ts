import type { CalendarDay, Create, ImportOtp, Leave, PersonReference, Update } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import { assemble } from "./assembly.ts";
import type { Encoded } from "./encode.ts";
import { externalId } from "./external-id.ts";
import type { Read } from "./read.ts";
import { totpSecret } from "./totp-secret.ts";

/** What the operator does about a status that is not understood. */
export const statusHint =
  "compare the word with those in the source's README; teach the source's translate what it means, and redrive";

// The changes that a translation consists of, made out of what the encoders made of each field.

/**
 * A person who joins: all that the source knows of the person. The change waits until `firstDay` begins, where one is given. A password
 * among the fields is a hash (`passwordHash`), which Authing keeps as it is: no source sends passwords.
 *
 * @throws InboundError `malformed` `status-unknown` for a status that is not understood.
 */
export function joiner(
  all: readonly Encoded[],
  { firstDay }: { firstDay?: CalendarDay | undefined } = {},
): Create {
  const said = assembled(all);
  return {
    kind: "create",
    ...said,
    ...(said.person.password !== undefined && { options: { keepPassword: true } }),
    ...(firstDay !== undefined && { firstDay }),
  };
}

/** What a mover's fields alone do not say. */
interface MoverOptions {
  /** The id by which Authing knows the person. Default: the `externalId` among the fields. */
  readonly id?: Read;
  /** Everything that the source knows of the person, where the fields hold less: only what has changed. */
  readonly whole?: readonly Encoded[];
  /** `false`: even together, the fields are not all that a new account needs. Default `true`. */
  readonly isWhole?: boolean;
  /** The source's id of the person from now on, where the event changes it. */
  readonly newSubject?: string;
  /** How long after its receipt the change waits, in seconds, before it creates a person who is unknown. */
  readonly createsAfterSeconds?: number;
  /** `none`: the source says that no departure is planned. One that it announced before lapses. */
  readonly departure?: "none";
}

/**
 * A change of what is known of a person. It is `complete`, so that a person who is unknown to Authing is created from it, when it
 * holds all that the source knows of the person and a field to log in with.
 *
 * @throws InboundError `malformed` `external-id-too-long` for the id, `status-unknown` for a status that is not understood.
 */
export function mover(changed: readonly Encoded[], options: MoverOptions = {}): Update {
  const { isWhole = true, newSubject, createsAfterSeconds, departure } = options;
  const update = assembled(changed);
  const whole = options.whole && assemble(options.whole).person;
  const complete = isWhole && canLogIn(whole ?? update.person);
  // Fields that are whole by default may be a status alone: what is called whole, or comes with the whole, is.
  const isCalledWhole = options.isWhole === true || (isWhole && whole !== undefined);
  const lacksLogin = isCalledWhole && !complete;
  return {
    kind: "update",
    who: options.id ? reference(options.id) : referenceTo(update.person.externalId),
    complete,
    ...((complete || lacksLogin) && whole && { whole }),
    ...update,
    ...(newSubject !== undefined && { newSubject }),
    ...(createsAfterSeconds !== undefined && { createsAfterSeconds }),
    ...(departure !== undefined && { departure }),
    ...(lacksLogin && { lacksLogin }),
  };
}

/**
 * A person who leaves: at once, or when `lastDay` has ended. Without an id, Authing's account is the one that the event's subject
 * has brought.
 *
 * @throws InboundError `malformed` `external-id-too-long` for the id.
 */
export function leaver(id: Read, { lastDay }: { lastDay?: CalendarDay | undefined } = {}): Leave {
  return { kind: "leave", who: reference(id), ...(lastDay !== undefined && { lastDay }) };
}

/**
 * The TOTP secret of a person, who may join later: the secret waits for them.
 *
 * @throws InboundError `malformed` `external-id-too-long` for the id; for the secret see `totpSecret`.
 */
export function secondFactor(id: Read, secret: Read): ImportOtp {
  return { kind: "import-otp", who: reference(id), otp: { secret: totpSecret(secret) } };
}

/** Whether a change brings nothing: no field but the id by which the person is known already, and nothing was dropped. */
export function tellsNothing(change: Create | Update): boolean {
  const { externalId: id } = change.person;
  const isNewId = change.kind === "update" && id !== undefined && id !== change.who.externalId;
  const isAboutDeparture = change.kind === "update" && change.departure !== undefined;
  return (
    !change.dropped &&
    !isNewId &&
    !isAboutDeparture &&
    Object.keys(change.person).every((field) => field === "externalId")
  );
}

function assembled(all: readonly Encoded[]) {
  const { person, trail, dropped } = assemble(all);
  // Other fields that cannot be used are dropped. A dropped status would be a guess whether the person may sign in.
  const status = dropped.find(({ problem }) => problem === "status-unknown");
  if (status) throw new InboundError("malformed", status.problem, { path: status.path, hint: statusHint });
  const { memberships } = all.find((each) => each.memberships) ?? {};
  return { person, ...(memberships && { memberships }), trail, ...(dropped.length > 0 && { dropped }) };
}

/** Whether a person has a field to sign in with. */
export function canLogIn({ email, phone, username }: Update["person"]): boolean {
  return email !== undefined || phone !== undefined || username !== undefined;
}

function reference(id: Read): PersonReference {
  return referenceTo(externalId(id).fields.externalId);
}

function referenceTo(id: string | undefined): PersonReference {
  return id === undefined ? {} : { externalId: id };
}
