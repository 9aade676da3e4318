import { readFile, writeFile } from "node:fs/promises";
import * as z from "zod/mini";
import { enrolmentKey } from "#lib/aws/enrolments.ts";
import type { Enrolment } from "#lib/contract/enrolment.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { Source } from "#lib/contract/source.ts";
import { operatorHeaders } from "#infra/local/operator-key.ts";
import { outputNames } from "#infra/stage/outputs.ts";
import { outputOf } from "#infra/stage/stage.ts";
import { openDeployedStage } from "./deployed-stage.ts";
import { findStack } from "./laptop-stack.ts";

// Some senders make the secret themselves and post it first, when no proof can hold yet. The operator looks at this enrolment and
// has it written into the secret.

/** Where the enrolment of one source is kept, and the secret that it is for. */
export interface EnrolmentDesk {
  /** Where the sender posts to. */
  readonly webhookUrl: string;
  kept(): Promise<Enrolment | undefined>;
  /** The current value of the secret; `undefined` where it has none yet. */
  secret(): Promise<Readonly<Record<string, unknown>> | undefined>;
  write(secret: Readonly<Record<string, unknown>>): Promise<void>;
  /** Deletes the enrolment, once it is in the secret. */
  remove(): Promise<void>;
}

/** How the command speaks with the operator. */
export interface Operator {
  tell(line: string): void;
  /** Whether the answer was yes. */
  confirm(question: string): Promise<boolean>;
}

const Kept = z.object({
  source: z.string(),
  receivedAt: z.string(),
  fields: z.record(z.string(), z.string()),
});
const JsonObject = z.record(z.string(), z.unknown());

/** Shows the enrolment, asks the operator, writes it into the secret, and says what is still to do. Resolves to the exit status. */
export async function finishEnrolment<Secret>(
  source: Pick<Source<Secret>, "name" | "title" | "secret" | "enrol">,
  desk: EnrolmentDesk,
  { tell, confirm }: Operator,
): Promise<number> {
  const { name, title } = source;
  if (!source.enrol) {
    tell(`${title} brings no secret: put the one that its README names into the secret sources/${name}`);
    return 1;
  }
  const enrolment = await desk.kept();
  if (!enrolment) {
    tell(
      `nothing of ${title} is kept: let it send its first message to ${desk.webhookUrl}, then run this again`,
    );
    return 1;
  }
  tell(
    `${title} sent this at ${enrolment.receivedAt}. Nothing proves it: anyone who knows the URL could have sent it.`,
  );
  for (const [field, value] of Object.entries(enrolment.fields)) tell(`  ${field}: ${masked(value)}`);
  tell(`Compare it with what ${title} shows, and with the time at which you asked for it.`);
  if (!(await confirm(`Write it into the secret sources/${name}?`))) {
    tell("nothing was written");
    return 1;
  }
  const secret = { ...(await desk.secret()), ...enrolment.fields };
  await desk.write(secret);
  await desk.remove();
  const parsed = z.safeParse(source.secret, secret);
  const missing = parsed.success
    ? []
    : [...new Set(parsed.error.issues.map(({ path }) => path.map(String).join(".") || "(whole)"))];
  tell(
    missing.length === 0
      ? `the secret sources/${name} is complete: finish in ${title} as the source's README says`
      : `the secret sources/${name} has it; still to be put there: ${missing.join(", ")}`,
  );
  return 0;
}

/** A part of a secret's text: enough for the operator to compare it, too little to use it. */
function masked(value: string): string {
  return value.length < 16 ? "…" : `…${value.slice(-4)} (${value.length} characters)`;
}

interface Laptop {
  readonly url: string;
  readonly secretsFile: string;
  readonly isInvented: boolean;
  readonly storeFolder: string;
}

/** An enrolment on a laptop or one machine: kept by the stack that runs there, written into the file of secrets. */
export function laptopDesk(
  source: string,
  { url, secretsFile, isInvented, storeFolder }: Laptop,
): EnrolmentDesk {
  const at = `${url}/enrolments/${source}`;
  const ask = async (method: "GET" | "DELETE") => {
    await findStack(url);
    return fetch(at, { method, headers: operatorHeaders(storeFolder, url) });
  };
  async function readSecrets(): Promise<Record<string, unknown>> {
    if (isInvented) {
      throw new InboundError("misconfigured", "secrets-invented", {
        hint: "name a file of secrets of your own in INBOUND_SECRETS, for npm start too",
      });
    }
    return objectIn(await readFile(secretsFile, "utf8"), secretsFile);
  }
  const name = `sources/${source}`;
  return {
    webhookUrl: `${url}/webhooks/${source}`,
    async kept() {
      const answer = await ask("GET");
      return answer.ok ? enrolmentIn(await answer.text()) : undefined;
    },
    async secret() {
      const parsed = z.safeParse(JsonObject, (await readSecrets())[name]);
      if (!parsed.success) return undefined;
      const current = z.safeParse(JsonObject, parsed.data["current"]);
      return current.success ? current.data : parsed.data;
    },
    async write(secret) {
      const all = await readSecrets();
      await writeFile(secretsFile, `${JSON.stringify({ ...all, [name]: secret }, undefined, 2)}\n`);
    },
    async remove() {
      await ask("DELETE");
    },
  };
}

/** An enrolment on a deployed stage, with the operator's own credentials. */
export async function stageDesk(
  source: string,
  { stage, region }: { stage: string; region: string | undefined },
): Promise<EnrolmentDesk> {
  const { aws, stack } = await openDeployedStage(stage, region);
  const bucket = outputOf(stack, outputNames.bucket);
  const secretId = outputOf(stack, outputNames.secretName(`sources/${source}`));
  const key = enrolmentKey(source);
  return {
    webhookUrl: outputOf(stack, outputNames.webhookUrl(source)),
    async kept() {
      const text = await aws.objectText(bucket, key);
      return text === undefined ? undefined : enrolmentIn(text);
    },
    async secret() {
      try {
        return z.parse(JsonObject, (await aws.secret(secretId)).current);
      } catch (error) {
        if (error instanceof InboundError && error.reason === "secret-empty-yet") return undefined;
        throw error;
      }
    },
    write: (secret) => aws.putSecret(secretId, JSON.stringify(secret)),
    remove: () => aws.removeObject(bucket, key),
  };
}

/** Our own function wrote it; its shape is checked all the same. */
function enrolmentIn(text: string): Enrolment {
  const parsed = z.safeParse(Kept, objectIn(text, "enrolment"));
  if (parsed.success) return parsed.data;
  throw new InboundError("malformed", "enrolment-malformed", {
    hint: "let the sender send its first message again",
  });
}

/** JSON.parse without its message, which would quote the secret. */
function objectIn(text: string, path: string): Record<string, unknown> {
  try {
    return z.parse(JsonObject, JSON.parse(text));
  } catch {
    throw new InboundError("malformed", "not-a-json-object", { path });
  }
}
