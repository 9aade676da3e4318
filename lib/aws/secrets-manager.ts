import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { clientSettings } from "./client.ts";

// The part of the secrets that holds the SDK: imported with `import()`, once a secret is needed.

const client = new SecretsManagerClient(clientSettings);

/** One version of a secret as it was put there, `undefined` where it is not a text. Throws the SDK's errors. */
export async function secretText(name: string, version: "current" | "previous"): Promise<string | undefined> {
  const { SecretString } = await client.send(
    new GetSecretValueCommand({
      SecretId: name,
      // AWSCURRENT is the default.
      ...(version === "previous" && { VersionStage: "AWSPREVIOUS" }),
    }),
  );
  return SecretString;
}
