import * as z from "zod/mini";
import { defineSource } from "#lib/contract/source.ts";
import { anyOf } from "#lib/proofs/any-of.ts";
import { standardWebhooks } from "#lib/proofs/standard-webhooks.ts";
import { staticHeader } from "#lib/proofs/static-secret.ts";
import { fetch } from "./fetch.ts";
import { list } from "./list.ts";
import { hookReply, isHook, split } from "./split.ts";
import { translate } from "./translate.ts";

const secret = z.object({
  /** Of the auth hook: `v1,whsec_…`, as Supabase shows it. */
  hookSecret: z.exactOptional(z.string()),
  /** The whole value of the header `Authorization` that the operator has given to the database webhooks. */
  authorization: z.exactOptional(z.string()),
  /** For asking Supabase about a user: the address of the project, and its secret key (or the older service role key). */
  apiHost: z.exactOptional(z.string()),
  serviceRoleKey: z.exactOptional(z.string()),
});
type Secret = z.infer<typeof secret>;

// https://supabase.com/docs/guides/auth/auth-hooks: the library signs the id that is new for each attempt, the time and the body.
const signature = standardWebhooks<Secret>({
  key: ({ hookSecret = "" }) => hookSecret,
  headerSets: ["webhook"],
});
// https://supabase.com/docs/guides/database/webhooks: a database webhook has the headers that the operator writes, and no signature.
const header = staticHeader<Secret>({
  header: "authorization",
  value: ({ authorization = "" }) => authorization,
});

export default defineSource<Secret>({
  name: "supabase",
  title: "Supabase Auth",
  kind: "identity",
  knownFrom: "code",
  secret,
  proof: anyOf<Secret>({
    name: "standard-webhooks or static-header",
    proofs: [signature, header],
    proofOf: (body) => (isHook(body) ? signature : header),
  }),
  // A hook is tried three times within five seconds, a database webhook once. The rest is for a replay by hand.
  redeliversForSeconds: 60 * 60,
  split,
  // An answer without this content type makes a sign-up fail.
  acknowledge: ({ payload }) => ({
    status: 200,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(hookReply(payload)),
  }),
  fetch,
  list,
  // A type that is not about a user: the event goes through the queue and changes nothing.
  ping: {
    contentType: "application/json",
    body: '{"type":"INSERT","schema":"auth","table":"sessions","record":{"id":"ping"},"old_record":null}',
  },
  translate,
});
