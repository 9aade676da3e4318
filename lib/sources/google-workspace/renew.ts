import type { Renewal } from "#lib/contract/source.ts";
import { instant } from "#lib/fields/date.ts";
import { sourceFailure } from "#lib/source-apis/failures.ts";
import { objectIn } from "#lib/source-apis/rest-api.ts";
import { fetch, google, type GoogleApiSecret } from "./fetch.ts";

/** A channel hears of one kind of event. */
const kinds = ["add", "update", "delete", "undelete"] as const;
/** For how long a channel is asked to last, in seconds. Google answers for how long it does. */
const lastsSeconds = 6 * 60 * 60;
/** Channels that end within this time are followed by others. A run that fails leaves two more. */
const renewedBeforeMilliseconds = 3 * 60 * 60_000;

/**
 * A channel cannot be made longer: others are opened before the last ones close. For a while a change comes through both.
 *
 * What is kept is when the first of the channels closes, as ISO 8601. Without an `address` in the secret the operator makes the channels.
 * https://developers.google.com/workspace/admin/directory/v1/guides/push
 */
export const renew: Renewal<GoogleApiSecret> = {
  hosts: fetch.hosts,
  async run(api, known) {
    const { address = "", channelId, channelToken } = api.secret;
    const closesAt = known === undefined ? Number.NaN : Date.parse(known);
    if (address === "" || closesAt > api.now() + renewedBeforeMilliseconds) return known;
    const opened = String(Math.floor(api.now() / 1000));
    const ends: string[] = [];
    for (const kind of kinds) {
      const channel = objectIn(
        await google.send(
          {
            method: "POST",
            path: "/admin/directory/v1/users/watch",
            query: { customer: "my_customer", event: kind },
            json: {
              id: `${channelId}-${kind}-${opened}`,
              type: "web_hook",
              token: channelToken,
              address,
              params: { ttl: String(lastsSeconds) },
            },
          },
          api,
        ),
        google,
      );
      const end = instant(channel.expiration, "milliseconds");
      if (channel.kind !== "api#channel" || end === undefined)
        throw sourceFailure("source-answer-unexpected");
      ends.push(end);
    }
    return ends.toSorted()[0];
  },
};
