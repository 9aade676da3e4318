import type { Create, Leave, PersonReference, Update } from "#lib/contract/change.ts";
import { assemble, type Encoded } from "./encode.ts";
import { externalId } from "./external-id.ts";
import type { Read } from "./read.ts";

// The changes that a translation consists of, made out of what the encoders made of each field.

/** A person who joins: all that the source knows of the person. */
export function joiner(all: readonly Encoded[]): Create {
  return { kind: "create", ...assembled(all) };
}

/** What a mover's fields alone do not say. */
interface MoverOptions {
  /** The id by which Authing knows the person. Default: the `externalId` among the fields. */
  readonly id?: Read;
  /** Everything that the source knows of the person, where the fields hold less: only what has changed. */
  readonly whole?: readonly Encoded[];
  /** `false`: even together, the fields are not all that a new account needs. Default `true`. */
  readonly isWhole?: boolean;
}

/**
 * A change of what is known of a person. It is `complete`, so that a person who is unknown to Authing is created from it,
 * when what the source knows of the person is whole and something of it can be logged in with.
 *
 * @throws InboundError `malformed` `external-id-too-long` for the id.
 */
export function mover(changed: readonly Encoded[], options: MoverOptions = {}): Update {
  const { isWhole = true } = options;
  const update = assembled(changed);
  const whole = options.whole && assemble(options.whole).person;
  const complete = isWhole && canLogIn(whole ?? update.person);
  return {
    kind: "update",
    who: options.id ? reference(options.id) : referenceTo(update.person.externalId),
    complete,
    ...(complete && whole && { whole }),
    ...update,
  };
}

/**
 * A person who leaves. Without an id, Authing's account is the one that the event's subject has brought.
 *
 * @throws InboundError `malformed` `external-id-too-long` for the id.
 */
export function leaver(id: Read): Leave {
  return { kind: "leave", who: reference(id) };
}

/** Whether a change brings nothing: no field but the id by which the person is known already, and nothing was dropped. */
export function tellsNothing(change: Create | Update): boolean {
  const { externalId: id } = change.person;
  const isNewId = change.kind === "update" && id !== change.who.externalId;
  return !change.dropped && !isNewId && Object.keys(change.person).every((field) => field === "externalId");
}

function assembled(all: readonly Encoded[]) {
  const { person, trail, dropped } = assemble(all);
  return { person, trail, ...(dropped.length > 0 && { dropped }) };
}

function canLogIn({ email, phone, username }: Update["person"]): boolean {
  return email !== undefined || phone !== undefined || username !== undefined;
}

function reference(id: Read): PersonReference {
  return referenceTo(externalId(id).fields.externalId);
}

function referenceTo(id: string | undefined): PersonReference {
  return id === undefined ? {} : { externalId: id };
}
