import { InboundError } from "#lib/contract/errors.ts";
import type { SecretVersions } from "#lib/contract/secrets.ts";

// A deployed stage as an operator sees it. infra/stage/aws.ts asks AWS; tests may answer themselves.

/** Every answer is AWS's of this moment. Each throws an `InboundError` whose path is the right that the question needs. */
export interface Stage {
  /** Where it is, e.g. `cn-north-1`. */
  readonly region: string;
  /** Whose credentials these are, as an ARN. */
  whoAmI(): Promise<string>;
  /** `undefined` when there is no stack of this name. */
  stack(name: string): Promise<Stack | undefined>;
  /** A secret by its whole name. Throws `secret-missing`, `secret-empty-yet`, `secret-not-json`. */
  secret(id: string): Promise<SecretVersions>;
  queue(url: string): Promise<QueueDepth>;
  /** The alarms that tell a topic: those of one stage. */
  alarms(topicArn: string): Promise<readonly Alarm[]>;
  subscribers(topicArn: string): Promise<{ readonly confirmed: number; readonly pending: number }>;
  /** What a function answers. Throws `function-failed` with what it says in one line as the hint. */
  invoke(functionName: string, request: object): Promise<unknown>;
}

/** What an operator changes on a stage. Each throws as the questions of `Stage` do. */
export interface StageDesk {
  /** The text of an object; `undefined` where there is none. */
  objectText(bucket: string, key: string): Promise<string | undefined>;
  removeObject(bucket: string, key: string): Promise<void>;
  /** Puts a new value; the one before becomes the previous one. */
  putSecret(id: string, value: string): Promise<void>;
}

export interface Stack {
  /** CloudFormation's, e.g. `UPDATE_COMPLETE`. */
  readonly status: string;
  readonly outputs: Readonly<Record<string, string>>;
}

interface Alarm {
  readonly name: string;
  /** What it is about. */
  readonly description: string;
  readonly isRinging: boolean;
}

export interface QueueDepth {
  readonly arn: string;
  readonly waiting: number;
  readonly inFlight: number;
  /** Of the oldest message, where CloudWatch has said so within a quarter of an hour. */
  readonly oldestSeconds?: number;
}

/** The name of a stage's stack. osls has the same rule. */
export const stackName = (service: string, stage: string) => `${service}-${stage}`;

/** An output of a stack. Throws `output-missing` where it was deployed before there was such an output. */
export function outputOf({ outputs }: Pick<Stack, "outputs">, name: string): string {
  const value = outputs[name];
  if (value !== undefined) return value;
  throw new InboundError("misconfigured", "output-missing", { path: name, hint: "deploy the stage again" });
}
