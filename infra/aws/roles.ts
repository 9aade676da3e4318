import type { Config } from "#lib/config.ts";
import { arn, logGroup, logicalName, may, ref, type Value } from "./cloudformation.ts";
import { mayUseKey } from "./customer-key.ts";
import type { FunctionDefinition } from "./function-definition.ts";
import { joins, mayJoinNetwork } from "./network.ts";

/** The role of one function: it may do what its definition says, and write its own log. */
export function functionRole(
  definition: FunctionDefinition,
  encryption: Config["encryption"],
  network: Config["network"],
): Value {
  return {
    Type: "AWS::IAM::Role",
    Properties: {
      Description: `What ${definition.name} may do`,
      AssumeRolePolicyDocument: {
        Version: "2012-10-17",
        Statement: [
          // The service's name is the same in every partition.
          { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
        ],
      },
      Policies: [
        {
          PolicyName: definition.name,
          PolicyDocument: {
            Version: "2012-10-17",
            Statement: [
              may(logGroup(definition.name), "logs:CreateLogStream", "logs:PutLogEvents"),
              ...definition.may,
              // What is no resource of ours is not encrypted with our key.
              ...(encryption === "customer-managed" && definition.may.some(({ Resource }) => Resource !== "*")
                ? [mayUseKey]
                : []),
              ...(joins(definition, network) ? mayJoinNetwork(definition.name) : []),
            ],
          },
        },
      ],
    },
  };
}

/** EventBridge Scheduler invokes in a role, and this one allows it one function. */
export function invokingRole(description: string, functionName: string): Value {
  return {
    Type: "AWS::IAM::Role",
    Properties: {
      Description: description,
      AssumeRolePolicyDocument: {
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Service: "scheduler.amazonaws.com" },
            Action: "sts:AssumeRole",
            Condition: { StringEquals: { "aws:SourceAccount": ref("AWS::AccountId") } },
          },
        ],
      },
      Policies: [
        {
          PolicyName: functionName,
          PolicyDocument: {
            Version: "2012-10-17",
            Statement: [may(arn(`${logicalName(functionName)}LambdaFunction`), "lambda:InvokeFunction")],
          },
        },
      ],
    },
  };
}
