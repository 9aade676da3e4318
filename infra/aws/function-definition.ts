import { pascal } from "#infra/stage/outputs.ts";
import { may, ref, type Statement, type Value } from "./cloudformation.ts";

// What a function of a deployment is made of.

/** The facts about a source that is switched on which a deployment needs. */
export interface DeployedSource {
  readonly name: string;
  /** Whether its events are completed at its own API, so that the worker needs its secret. */
  readonly fetch?: unknown;
  /** Whether its API lists its people, for which the function of rosters needs its secret. */
  readonly list?: unknown;
  /** When its list is compared each day: a time of the day, by the clocks of a time zone. */
  readonly reconciledAt?: { readonly at: string; readonly timeZone: string } | undefined;
  /** Whether something of it has to be asked for anew before it ends. */
  readonly renew?: unknown;
  readonly proof?: { readonly readsPathToken?: boolean };
  /** Of a source that AWS itself invokes: it has neither a route nor a secret. */
  readonly trigger?: { readonly principal: string };
  /** ARNs of what may invoke it. */
  readonly invokedBy?: readonly string[];
  /** Whether its sender brings the secret itself. */
  readonly enrol?: unknown;
  /** For how long its sender repeats a delivery that was not accepted. */
  readonly redeliversForSeconds?: number;
}

/** Where a function's requests go that leave AWS. */
export type Destination = "authing" | "source-apis" | "chats";

export interface FunctionDefinition {
  /** As in `bundle.ts`: `<folder>-<file>`. */
  readonly name: string;
  readonly description: string;
  readonly memoryMegabytes: number;
  readonly timeoutSeconds: number;
  readonly environment: Readonly<Record<string, Value>>;
  readonly events: readonly Value[];
  /** What it calls outside AWS, apart from the key sets of senders that sign tokens. Decides which functions `network` concerns. */
  readonly calls: readonly Destination[];
  /** Everything that the function may do, in addition to writing its own log. */
  readonly may: readonly Statement[];
  /** What its failure means for people: a part of the text of its alarm. */
  readonly failureMeans: string;
}

/** One statement for all of them: the policy of a role may have 10,240 characters. */
export const mayReadSecrets = (...secrets: readonly [string, ...string[]]) =>
  may(secrets.length === 1 ? ref(secrets[0]) : secrets.map(ref), "secretsmanager:GetSecretValue");

export const authingSecret = "AuthingSecret";
export const digestsSecret = "DigestsSecret";
export const noticesSecret = "NoticesSecret";
export const uploadsSecret = "UploadsSecret";
/** The role in which the schedule of the digest invokes its function. */
export const digestScheduleRole = "DigestScheduleRole";
export const sourceSecret = (source: string) => `${pascal(source)}Secret`;
