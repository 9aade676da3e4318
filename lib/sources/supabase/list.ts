import type { Listing, ListedPerson } from "#lib/contract/source.ts";
import type { SourceApi } from "#lib/contract/source-api.ts";
import { instant } from "#lib/fields/date.ts";
import { isEmpty } from "#lib/fields/read.ts";
import { isJsonObject, readId, type JsonObject } from "#lib/payloads/body.ts";
import { credentialsMissing, sourceFailure } from "#lib/source-apis/failures.ts";
import { linkParameter } from "#lib/source-apis/link-header.ts";
import { objectIn, readPerson } from "#lib/source-apis/rest-api.ts";
import { canAsk, fetch, supabase, type SupabaseApiSecret } from "./fetch.ts";
import type { Row } from "./split.ts";

/**
 * The users of the project, 200 a page, anonymous ones included, who change nothing. Users who are deleted for good are not in it; those of
 * another audience (`aud`) than the default one are not either.
 * https://github.com/supabase/auth/blob/master/openapi.yaml, `/admin/users`
 */
export const list: Listing<SupabaseApiSecret> = {
  hosts: fetch.hosts,
  async page(api, page = "1") {
    requireKey(api);
    const answer = await supabase.send(
      { path: "/auth/v1/admin/users", query: { page, per_page: "200" } },
      api,
    );
    const { users } = objectIn(answer, supabase);
    const total = answer.headers["x-total-count"] ?? "";
    // Without its headers the last page could not be told from any other.
    if (!Array.isArray(users) || !/^\d{1,12}$/.test(total)) throw sourceFailure("source-answer-unexpected");
    const people = users.flatMap((user: unknown): ListedPerson[] => {
      const subject = isJsonObject(user) ? readId(user.id) : undefined;
      return subject === undefined || !isJsonObject(user) ? [] : [listed(subject, user, api.now())];
    });
    const next = linkParameter(answer.headers.link, "next", "page");
    if (next === "") throw sourceFailure("source-answer-unexpected");
    return {
      people,
      ...(next !== undefined && { next }),
      total: Number(total),
      isComplete: people.length === users.length,
    };
  },
  async person(api, subject) {
    requireKey(api);
    const user = await readPerson(supabase, subject, api);
    return user && listed(subject, user, api.now());
  },
};

function requireKey({ secret }: SourceApi<SupabaseApiSecret>): void {
  if (!canAsk(secret)) throw credentialsMissing("apiHost and serviceRoleKey");
}

function listed(subject: string, record: JsonObject, now: number): ListedPerson {
  return {
    subject,
    type: "auth.users.UPDATE",
    payload: { record } satisfies Row,
    ...(isActive(record, now) && { isActive: true as const }),
  };
}

/** Supabase leaves out the end of a ban, and the time of a deletion, where there is none. An anonymous user has nothing to open. */
function isActive(record: JsonObject, now: number): boolean {
  const { is_anonymous: isAnonymous, deleted_at: deletedAt, banned_until: bannedUntil } = record;
  if (isAnonymous !== false || !isEmpty(deletedAt)) return false;
  if (isEmpty(bannedUntil)) return true;
  const until = instant(bannedUntil);
  return until !== undefined && Date.parse(until) <= now;
}
