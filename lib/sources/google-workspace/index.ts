import * as z from "zod/mini";
import { defineSource } from "#lib/contract/source.ts";
import { staticHeader } from "#lib/proofs/static-secret.ts";
import { externalIds } from "./external-ids.ts";
import { fetch } from "./fetch.ts";
import { list } from "./list.ts";
import { renew } from "./renew.ts";
import { split } from "./split.ts";
import { translate } from "./translate.ts";

const secret = z.object({
  /** The `token` of the channels, at most 256 characters. */
  channelToken: z.string(),
  /** The id of the channel, or what the ids of all channels begin with, before a dash. */
  channelId: z.string(),
  /** For asking Google: `client_email` and `private_key` of a service account, and the administrator that it acts for. */
  clientEmail: z.string(),
  privateKey: z.string(),
  subject: z.string(),
  /** The address of the function, for opening channels. */
  address: z.exactOptional(z.string()),
  apiHost: z.exactOptional(z.string()),
});
type Secret = z.infer<typeof secret>;

export default defineSource<Secret>({
  name: "google-workspace",
  title: "Google Workspace",
  kind: "identity",
  knownFrom: "documentation",
  externalIds,
  secret,
  // Google does not sign: https://developers.google.com/workspace/admin/directory/v1/guides/push
  proof: staticHeader<Secret>({
    name: "channel-token",
    header: "x-goog-channel-token",
    value: ({ channelToken }) => channelToken,
  }),
  // Google repeats after 5xx with a growing wait, and names no end.
  redeliversForSeconds: 24 * 60 * 60,
  readsHeaders: ["x-goog-resource-state", "x-goog-channel-id", "x-goog-message-number"],
  split,
  acknowledge: () => ({ status: 200 }),
  fetch,
  list,
  renew,
  // A kind that Google does not have.
  ping: { contentType: "application/json", body: '{"kind":"ping"}' },
  translate,
});
