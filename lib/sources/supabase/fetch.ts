import { InboundError } from "#lib/contract/errors.ts";
import type { Fetch, SourceEvent } from "#lib/contract/source.ts";
import { isEmpty } from "#lib/fields/read.ts";
import { isJsonObject } from "#lib/payloads/body.ts";
import { refuseDeparture } from "#lib/source-apis/people.ts";
import { readPerson, type RestPerson } from "#lib/source-apis/rest-api.ts";
import type { Row } from "./split.ts";

export interface SupabaseApiSecret {
  readonly apiHost?: string;
  readonly serviceRoleKey?: string;
}

/** https://github.com/supabase/auth/blob/master/openapi.yaml, `/admin/users/{userId}` */
export const supabase: RestPerson<SupabaseApiSecret> = {
  send: (request, api) => {
    const { serviceRoleKey: key = "" } = api.secret;
    return api.request({ ...request, headers: { apikey: key, authorization: `Bearer ${key}` } });
  },
  request: (id) => ({ path: `/auth/v1/admin/users/${encodeURIComponent(id)}` }),
  idPath: "id",
  // https://supabase.com/docs/guides/auth/debugging/error-codes
  isUnknown: ({ status, json }) =>
    status === 404 && isJsonObject(json) && json.error_code === "user_not_found",
  hints: {
    "source-credentials-refused":
      "store a secret key of the project, or its service role key, as serviceRoleKey",
    "source-host-wrong":
      "write the address of the project into the secret as apiHost, e.g. https://abcd.supabase.co",
  },
};

export const canAsk = ({ apiHost = "", serviceRoleKey = "" }: SupabaseApiSecret): boolean =>
  apiHost !== "" && serviceRoleKey !== "";

/**
 * Database webhooks are not signed, so that a departure is asked about before it is believed, where the secret has a key. Everything else
 * goes through as it is.
 */
export const fetch: Fetch<SupabaseApiSecret> = {
  hosts({ apiHost }) {
    if (apiHost !== undefined) return { api: apiHost };
    throw new InboundError("misconfigured", "source-host-wrong", {
      path: "apiHost",
      hint: supabase.hints?.["source-host-wrong"] ?? "",
    });
  },
  async read(event, api) {
    if (!isDeparture(event) || !canAsk(api.secret)) return event.payload;
    const user = await readPerson(supabase, event.subject, api);
    if (user && isEmpty(user.deleted_at)) refuseDeparture(event, api.now());
    return event.payload;
  },
};

function isDeparture({ type, payload }: SourceEvent): boolean {
  if (type === "auth.users.DELETE") return true;
  return type === "auth.users.UPDATE" && !isEmpty((payload as Row).record.deleted_at);
}
