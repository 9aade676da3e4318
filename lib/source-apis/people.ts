import type { CalendarDay } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent } from "#lib/contract/source.ts";
import { readId } from "#lib/payloads/body.ts";
import { sourceFailure } from "./failures.ts";

// What is true of a person in any source's API, however it is asked.

/** A sender sends an event before its API shows the person everywhere; a person who is not shown after this time will not appear. */
const becomesVisibleWithinMilliseconds = 10 * 60_000;

/**
 * Of a person who is unknown to the API: while the event is young the person may still appear.
 *
 * @param now milliseconds since 1970.
 * @throws InboundError `unavailable` `person-not-visible-yet` until ten minutes after the event, so that it is retried.
 */
export function waitUntilVisible({ occurredAt }: SourceEvent, now: number): void {
  if (now - Date.parse(occurredAt) < becomesVisibleWithinMilliseconds) {
    throw new InboundError("unavailable", "person-not-visible-yet");
  }
}

/**
 * A delivery that anybody with the secret can forge says that a person has left, and the API still shows them: while the event is
 * young the API may be late. After that the API is believed, and the account stays as it is.
 *
 * @param now milliseconds since 1970.
 * @throws InboundError `unavailable` `departure-not-visible-yet` until ten minutes after the event, so that it is retried; then
 *   `malformed` `departure-unconfirmed`.
 */
export function refuseDeparture(event: SourceEvent, now: number): never {
  waitForDeparture(event, now);
  throw departureUnconfirmed();
}

/** The first part of `refuseDeparture`, for a source whose `translate` decides what the API shows. */
export function waitForDeparture({ occurredAt }: SourceEvent, now: number): void {
  if (now - Date.parse(occurredAt) < becomesVisibleWithinMilliseconds) {
    throw new InboundError("unavailable", "departure-not-visible-yet");
  }
}

/** The second part. */
export function departureUnconfirmed(): InboundError {
  return new InboundError("malformed", "departure-unconfirmed", {
    hint: "the source still has this person: look them up there; a forged delivery would look like this",
  });
}

/**
 * Of a person who is not in the answer of the API: the vendor does not say whether such a person was never there, is hidden from the credentials, or
 * has left, so that no departure is concluded from it.
 *
 * @param path where the answer would have the person.
 */
export function personNotShown(path: string): InboundError {
  return new InboundError("malformed", "person-not-shown", { path });
}

const dayMilliseconds = 24 * 60 * 60_000;

/**
 * Whether a last day confirms that a person leaves who is still active in the API. An older one is left from before the person came back;
 * yesterday may not be over at the company.
 *
 * @param now milliseconds since 1970.
 */
export function isEnding(lastDay: CalendarDay | undefined, now: number): boolean {
  return lastDay !== undefined && lastDay >= new Date(now - dayMilliseconds).toISOString().slice(0, 10);
}

/**
 * Checks that an answer is about the person who was asked about: some APIs read `me`, a login or `0` as an id.
 *
 * @param path where the answer says the id, for the error.
 * @throws InboundError `malformed` `person-is-another`; `unavailable` `source-answer-unexpected` where it says no id.
 */
export function refuseAnother(asked: string, answered: unknown, path: string): void {
  const id = readId(answered);
  if (id === undefined) throw sourceFailure("source-answer-unexpected");
  if (id !== asked) throw new InboundError("malformed", "person-is-another", { path });
}
