import * as z from "zod/mini";
import type { Config } from "#lib/config.ts";
import type { SecretReader } from "#lib/contract/secrets.ts";
import { createAuthingClient, type AuthingClient } from "#lib/authing/client.ts";

/** The secret `authing`: an access key of the user pool, or of a collaborator who may manage users. */
export const AuthingSecret = z.object({
  accessKeyId: z.string().check(z.minLength(1)),
  accessKeySecret: z.string().check(z.minLength(1)),
});

/** A client made of the configuration and the secret `authing`; it follows a rotation of the secret by itself. */
export function connectAuthing(config: Config["authing"], secrets: SecretReader): AuthingClient {
  const { authentication, language, maxRequestsPerSecond: _, kickUsers: __, ...settings } = config;
  return createAuthingClient({
    ...settings,
    mode: authentication,
    lang: language,
    credentials: async () => (await secrets.read("authing", AuthingSecret))[0],
    refreshCredentials: async () => (await secrets.refresh("authing", AuthingSecret))[0],
  });
}
