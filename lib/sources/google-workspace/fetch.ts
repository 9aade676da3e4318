import { InboundError } from "#lib/contract/errors.ts";
import type { Fetch } from "#lib/contract/source.ts";
import { isJsonObject } from "#lib/payloads/body.ts";
import { refuseDeparture, waitUntilVisible } from "#lib/source-apis/people.ts";
import { readPerson, type RestPerson } from "#lib/source-apis/rest-api.ts";
import { serviceAccount } from "#lib/source-apis/service-account.ts";
import type { GoogleEvent } from "./split.ts";

/** What of the secret is for asking Google. */
export interface GoogleApiSecret {
  readonly clientEmail: string;
  readonly privateKey: string;
  readonly subject: string;
  readonly channelId: string;
  readonly channelToken: string;
  readonly address?: string;
  readonly apiHost?: string;
}

const hints = {
  "source-credentials-refused":
    "store client_email and private_key of the service account, let it act for the domain with the scope of the README, and name an administrator as subject",
} as const;

/** https://developers.google.com/workspace/admin/directory/reference/rest/v1/users/get */
export const google: RestPerson<GoogleApiSecret> = {
  send: serviceAccount({
    host: "token",
    path: "/token",
    audience: "https://oauth2.googleapis.com/token",
    issuer: ({ clientEmail }) => clientEmail,
    subject: ({ subject }) => subject,
    privateKey: ({ privateKey }) => privateKey,
    scope: "https://www.googleapis.com/auth/admin.directory.user.readonly",
    hints,
  }),
  request: (id) => ({
    path: `/admin/directory/v1/users/${encodeURIComponent(id)}`,
    query: { projection: "full" },
  }),
  idPath: "id",
  isUnknown: ({ status, json }) => {
    const error = isJsonObject(json) && isJsonObject(json.error) ? json.error : {};
    return (
      status === 404 &&
      Array.isArray(error.errors) &&
      error.errors.some((each) => isJsonObject(each) && each.reason === "notFound")
    );
  },
  hints,
};

/** Reads the user of a notification, and confirms a deletion: the token of a channel proves little. */
export const fetch: Fetch<GoogleApiSecret> = {
  hosts: ({ apiHost }) => ({
    api: apiHost ?? "https://admin.googleapis.com",
    token: apiHost ?? "https://oauth2.googleapis.com",
  }),

  async read(event, api) {
    const said = event.payload as GoogleEvent;
    if (!askedAbout.has(event.type)) return said;
    if (said.channelId !== undefined && !isOurs(said.channelId, api.secret)) {
      throw new InboundError("malformed", "channel-foreign", { path: "X-Goog-Channel-ID" });
    }
    const user = await readPerson(google, event.subject, api);
    if (event.type === "delete") return user ? refuseDeparture(event, api.now()) : said;
    if (!user && event.type === "add") waitUntilVisible(event, api.now());
    return { ...said, user: user ?? null } satisfies GoogleEvent;
  },
};

const askedAbout = new Set(["add", "update", "undelete", "delete"]);

/** A channel has to be made anew before it ends, one for each kind of event: their ids have the same beginning. */
function isOurs(channelId: string, secret: GoogleApiSecret): boolean {
  return channelId === secret.channelId || channelId.startsWith(`${secret.channelId}-`);
}
