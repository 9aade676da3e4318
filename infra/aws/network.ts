import type { Config } from "#lib/config.ts";
import type { FunctionDefinition } from "./function-definition.ts";
import type { Statement, Value } from "./cloudformation.ts";

// `network` in inbound.config.ts: functions that call Authing or a source's API run in the operator's subnets, so that their requests
// leave from the address of a NAT gateway there. Webhook functions and functions that call only AWS stay outside: they need no fixed
// address, and a network that fails must not refuse a sender.

type Network = NonNullable<Config["network"]>;

/** Whether a function runs in the operator's subnets. */
export const joins = ({ calls }: FunctionDefinition, network: Config["network"]): network is Network =>
  network !== undefined && calls.length > 0;

/** What osls calls `vpc` of a function. */
export const subnets = ({ subnetIds, securityGroupIds }: Network): Value => ({ subnetIds, securityGroupIds });

const interfaces = ["CreateNetworkInterface", "DeleteNetworkInterface"];
const addresses = ["AssignPrivateIpAddresses", "UnassignPrivateIpAddresses"];
const descriptions = ["DescribeNetworkInterfaces", "DescribeSubnets"];
const ec2 = (names: readonly string[]) => names.map((name) => `ec2:${name}`);

/**
 * The permissions with which Lambda makes a function's network interfaces, for which it uses the function's role
 * (https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html): the actions of AWS's own policy for it, on this account and
 * region only where EC2 knows resources; it knows none for Describe. The function's own code gets none of them: Lambda's calls have no
 * `lambda:SourceFunctionArn`, and the code's calls do.
 *
 * @param functionName the last part of the function's name in AWS
 */
export const mayJoinNetwork = (functionName: string): readonly Statement[] => [
  {
    Effect: "Allow",
    Action: ec2([...interfaces, ...addresses]),
    Resource: { "Fn::Sub": "arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:*/*" },
  },
  { Effect: "Allow", Action: ec2(descriptions), Resource: "*" },
  {
    Effect: "Deny",
    Action: ec2([...interfaces, ...addresses, ...descriptions]),
    Resource: "*",
    Condition: {
      ArnEquals: {
        "lambda:SourceFunctionArn": {
          "Fn::Sub": `arn:\${AWS::Partition}:lambda:\${AWS::Region}:\${AWS::AccountId}:function:\${self:service}-\${sls:stage}-${functionName}`,
        },
      },
    },
  },
];
