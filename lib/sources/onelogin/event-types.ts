import type { EventTypes } from "#lib/payloads/interpret.ts";

/**
 * OneLogin sends every event of the account, by a number. These numbers are frequent and change no account: logins to OneLogin (5), failed
 * ones (6), logins to apps (8), passwords (11), devices for one-time passwords (24, 172). An event about a user with any other number makes
 * the worker read the user, so that no number has to be known. `0` is ours, of `npm run doctor`, and of an event about no person.
 *
 * https://developers.onelogin.com/api-docs/1/events/event-resource
 */
export const eventTypes: EventTypes = {
  path: "event_type_id",
  uninteresting: ["0", "5", "6", "8", "11", "24", "172"],
};
