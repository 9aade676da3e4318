import { outputNames, pascal } from "#infra/stage/outputs.ts";
import { arn, logicalName, output, type Value } from "./cloudformation.ts";
import type { DeployedSource, FunctionDefinition } from "./function-definition.ts";

// Sources that AWS itself invokes: who may, and what the operator chooses as the trigger.

/** The name of the function of such a source. */
export const triggerFunctionName = ({ name }: Pick<DeployedSource, "name">) => `triggers-${name}`;
const functionArn = (source: DeployedSource) =>
  arn(`${logicalName(triggerFunctionName(source))}LambdaFunction`);

/** The function of such a source. It may queue events, and nothing else. */
export function triggerFunction(
  source: DeployedSource,
  queueing: Pick<FunctionDefinition, "environment" | "may">,
): FunctionDefinition {
  const { name } = source;
  return {
    ...queueing,
    name: triggerFunctionName(source),
    description: `AWS invokes it about people of ${name}; it queues what is said and answers in time`,
    // As for webhook functions; AWS waits for 5 s.
    memoryMegabytes: 512,
    timeoutSeconds: 5,
    events: [],
    calls: [],
    failureMeans: `people who sign up at ${name} meanwhile get no account at Authing, and AWS does not say it again. Their sign-ups may fail, too. Upload these people as a file.`,
  };
}

/**
 * The permission of each resource that the configuration names to invoke the source's function, by names in the template. Throws a `TypeError`
 * where none is named, and where one is named of a source that AWS does not invoke.
 */
export function invocationPermissions(source: DeployedSource): Record<string, Value> {
  const { name, trigger, invokedBy = [] } = source;
  const at = `inbound.config.ts: sources.${name}.invokedBy`;
  if (!trigger) {
    if (invokedBy.length > 0) throw new TypeError(`${at}: ${name} has a webhook: leave it out`);
    return {};
  }
  if (invokedBy.length === 0) {
    throw new TypeError(
      `${at}: name the ARNs of what may invoke it, e.g. ["arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_AbCdEfGhI"]`,
    );
  }
  return Object.fromEntries(
    invokedBy.map((resource, index) => [
      `${pascal(name)}Invocation${index + 1}`,
      {
        Type: "AWS::Lambda::Permission",
        Properties: {
          Action: "lambda:InvokeFunction",
          FunctionName: functionArn(source),
          Principal: trigger.principal,
          SourceArn: resource,
        },
      },
    ]),
  );
}

/** What the operator chooses as the trigger, where the source is set up. */
export const triggerOutput = (source: DeployedSource): [string, Value] => [
  outputNames.triggerFunction(source.name),
  output(`The function to choose as the trigger of ${source.name}`, functionArn(source)),
];
