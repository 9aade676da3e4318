import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { clientSettings } from "./client.ts";

// The part of the secrets that holds the SDK: imported with `import()`, once a secret is needed.

const client = new SecretsManagerClient(clientSettings);

interface SecretText {
  /** As it was put there, `undefined` where it is not a text. */
  readonly text: string | undefined;
  /** When it was put there. */
  readonly putAt: Date | undefined;
}

/** One version of a secret. Throws the SDK's errors. */
export async function secretText(name: string, version: "current" | "previous"): Promise<SecretText> {
  const { SecretString, CreatedDate } = await client.send(
    new GetSecretValueCommand({
      SecretId: name,
      // AWSCURRENT is the default.
      ...(version === "previous" && { VersionStage: "AWSPREVIOUS" }),
    }),
  );
  return { text: SecretString, putAt: CreatedDate };
}
