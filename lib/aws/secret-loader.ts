import { InboundError } from "#lib/contract/errors.ts";
import type { LoadSecret, SecretVersions } from "#lib/contract/secrets.ts";
import { awsErrorName, awsFailure } from "./failure.ts";

/** Reads secrets from Secrets Manager, where `authing` and `sources/<source>` are kept as `<service>/<stage>/<name>`. */
export function secretLoader(names: { readonly service: string; readonly stage: string }): LoadSecret {
  return (name) => readSecret(`${names.service}/${names.stage}/${name}`);
}

/** A secret by its whole name. A caller that needs it often has to cache it: this reads both versions each time. */
export async function readSecret(id: string): Promise<SecretVersions> {
  const { secretText } = await import("./secrets-manager.ts");
  const [current, previous] = await Promise.all([
    secretText(id, "current").catch((error: unknown) => {
      throw absence(error) ?? awsFailure(error, "secret-unreadable");
    }),
    // Most secrets have no previous version. Any other failure is thrown: without the previous version, valid deliveries would be
    // refused.
    secretText(id, "previous").catch((error: unknown) => {
      if (absence(error)) return undefined;
      throw awsFailure(error, "secret-unreadable");
    }),
  ]);
  const parsed = json(current.text);
  if (parsed === undefined) {
    throw new InboundError("misconfigured", "secret-not-json", {
      hint: "put a JSON object into the secret, in the shape its description gives",
    });
  }
  const before = json(previous?.text);
  return {
    current: parsed,
    ...(before !== undefined && { previous: before }),
    ...(current.putAt && { changedAt: current.putAt.toISOString() }),
  };
}

/** Secrets Manager has one code for a secret that does not exist and for a version that does not: its message tells them apart. */
function absence(error: unknown): InboundError | undefined {
  if (awsErrorName(error) !== "ResourceNotFoundException") return undefined;
  return error instanceof Error && error.message.includes("staging label")
    ? new InboundError("misconfigured", "secret-empty-yet", { hint: "put its value into Secrets Manager" })
    : new InboundError("misconfigured", "secret-missing", { hint: "deploy first: it is created empty" });
}

function json(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
