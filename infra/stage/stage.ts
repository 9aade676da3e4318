import { InboundError } from "#lib/contract/errors.ts";
import type { SecretVersions } from "#lib/contract/secrets.ts";

// A deployed stage as the operator's commands see it. infra/stage/aws.ts asks AWS; tests may give answers of their own.

/** Each function asks AWS anew. Each throws an `InboundError` whose path is the IAM action that the request needs. */
export interface Stage {
  /** The AWS region, e.g. `cn-north-1`. */
  readonly region: string;
  /** The ARN of the operator's identity. */
  whoAmI(): Promise<string>;
  /** `undefined` when there is no stack of this name. */
  stack(name: string): Promise<Stack | undefined>;
  /** A secret by its whole name. Throws `secret-missing`, `secret-empty-yet`, `secret-not-json`. */
  secret(id: string): Promise<SecretVersions>;
  queue(url: string): Promise<QueueDepth>;
  /** When each source delivered last, in milliseconds since 1970; a source that did not within `deliveriesWithinDays` is not in it. */
  lastDeliveries(
    names: { readonly service: string; readonly stage: string },
    sources: readonly string[],
  ): Promise<ReadonlyMap<string, number>>;
  /** The alarms that notify one topic: those of one stage. */
  alarms(topicArn: string): Promise<readonly Alarm[]>;
  /** @param except The name of a function that is not counted. */
  subscribers(
    topicArn: string,
    except: string | undefined,
  ): Promise<{ readonly confirmed: number; readonly pending: number }>;
  /** Invokes a function and returns its answer. Throws `function-failed` with the function's message, in one line, as the hint. */
  invoke(functionName: string, request: object): Promise<unknown>;
}

/** The changes that an operator's command makes on a stage. Each throws as the functions of `Stage` do. */
export interface StageDesk {
  /** The text of an object; `undefined` where there is none. */
  objectText(bucket: string, key: string): Promise<string | undefined>;
  removeObject(bucket: string, key: string): Promise<void>;
  /** Puts a new value; the current value becomes the previous one. */
  putSecret(id: string, value: string): Promise<void>;
}

export interface Stack {
  /** CloudFormation's, e.g. `UPDATE_COMPLETE`. */
  readonly status: string;
  readonly outputs: Readonly<Record<string, string>>;
}

interface Alarm {
  readonly name: string;
  /** What the alarm is about. */
  readonly description: string;
  readonly isRinging: boolean;
}

export interface QueueDepth {
  readonly arn: string;
  readonly waiting: number;
  readonly inFlight: number;
  /** The age of the oldest message in seconds, where CloudWatch has data of the last 15 minutes. */
  readonly oldestSeconds?: number;
}

/** How far back deliveries are looked for. */
export const deliveriesWithinDays = 15;

/** The name of a stage's stack. osls has the same rule. */
export const stackName = (service: string, stage: string) => `${service}-${stage}`;

/** An output of a stack. Throws `output-missing` where the stack was deployed by a version that had no such output. */
export function outputOf({ outputs }: Pick<Stack, "outputs">, name: string): string {
  const value = outputs[name];
  if (value !== undefined) return value;
  throw new InboundError("misconfigured", "output-missing", { path: name, hint: "deploy the stage again" });
}
