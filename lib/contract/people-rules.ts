import type { CreateUserInfoDto, Frozen } from "./person.ts";
import type { SourceEvent } from "./source.ts";

// What a configuration says, in functions of its own, of the people of a source.

/** A person as an event tells of them, in Authing's terms, frozen at every level. */
export interface ToldPerson {
  /** `whole`: all that the source knows of the person. Otherwise only what the event says has changed. */
  readonly person: CreateUserInfoDto;
  /** Whether `person` is all that the source knows of the person: a missing field is one that the source does not have. */
  readonly isWhole: boolean;
  /** What `translate` read: the event's payload, completed at the source. */
  readonly payload: unknown;
}

/**
 * Whether a person is one of those that this source shall bring: `false` for everybody else. Pure and synchronous. Where `isWhole` is
 * `false`, `person` lacks what has not changed: decide by the payload then, or return `true`.
 */
export type Scope = (told: ToldPerson) => boolean;

/**
 * The person as they shall be at Authing: own user names, defaults, other fields. Pure and synchronous. Returns the whole of what was
 * given, changed or not; a field that is left out is not sent. `externalId` stays as it is.
 */
export type PersonMap = (
  told: ToldPerson & { readonly event: Frozen<Pick<SourceEvent, "id" | "subject" | "type" | "occurredAt">> },
) => MappedPerson;

/** A field that is `undefined` is left out. */
type MappedPerson = { readonly [Field in keyof CreateUserInfoDto]?: CreateUserInfoDto[Field] | undefined };
