import { InboundError } from "#lib/contract/errors.ts";
import type { Renewal } from "#lib/contract/source.ts";
import { instant } from "#lib/fields/date.ts";
import { isJsonObject, readId, type JsonObject } from "#lib/payloads/body.ts";
import { sourceFailure } from "#lib/source-apis/failures.ts";
import { objectIn } from "#lib/source-apis/rest-api.ts";
import { fetch, graph, type GraphApiSecret } from "./fetch.ts";

const dayMilliseconds = 24 * 60 * 60_000;
/** Graph lets a subscription to users last for 41,760 minutes, 29 days. */
const lastsMilliseconds = 28 * dayMilliseconds;
/** One that ends within this time is renewed. */
const renewedBeforeMilliseconds = 14 * dayMilliseconds;

/**
 * The subscriptions to users that the app registration has made: each that ends within 14 days lasts for 28 days again, which also answers
 * Graph's `reauthorizationRequired`.
 *
 * https://learn.microsoft.com/en-us/graph/api/subscription-list
 * https://learn.microsoft.com/en-us/graph/api/subscription-update
 */
export const renew: Renewal<GraphApiSecret> = {
  hosts: fetch.hosts,
  async run(api) {
    const { value } = objectIn(await graph.send({ path: "/v1.0/subscriptions" }, api), graph);
    if (!Array.isArray(value)) throw sourceFailure("source-answer-unexpected");
    const toUsers = value.filter(
      (each): each is JsonObject =>
        isJsonObject(each) && typeof each.resource === "string" && /^\/?users\/?$/i.test(each.resource),
    );
    if (toUsers.length === 0) {
      throw new InboundError("misconfigured", "subscription-missing", {
        hint: "make the subscription to users with this app registration, as the README of msgraph says",
      });
    }
    const soon = api.now() + renewedBeforeMilliseconds;
    for (const { id: written, expirationDateTime } of toUsers) {
      const [id, endsAt] = [readId(written), instant(expirationDateTime)];
      if (id === undefined || endsAt === undefined) throw sourceFailure("source-answer-unexpected");
      if (Date.parse(endsAt) > soon) continue;
      const json = { expirationDateTime: new Date(api.now() + lastsMilliseconds).toISOString() };
      const path = `/v1.0/subscriptions/${encodeURIComponent(id)}`;
      const renewed = objectIn(await graph.send({ method: "PATCH", path, json }, api), graph);
      if (readId(renewed.id) !== id) throw sourceFailure("source-answer-unexpected");
    }
    return undefined;
  },
};
