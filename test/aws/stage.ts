import { readFileSync } from "node:fs";
import { CloudFormationClient, CreateStackCommand } from "@aws-sdk/client-cloudformation";

// A deployed stage on the server of test/aws/run.sh: the parts of the packaged template that moto's CloudFormation can create.

type Value = Readonly<Record<string, unknown>>;

const kinds = new Set(["AWS::SQS::Queue", "AWS::SNS::Topic"]);
/** The pseudo parameters of CloudFormation. */
const known = /^AWS::/;
const cloudFormation = new CloudFormationClient();

/**
 * Creates `authing-inbound-<stage>` with queues and topic of the packaged template, and its outputs. `outputs` take
 * the place of those that name what moto has not.
 */
export async function createStack(stage: string, outputs: Readonly<Record<string, string>>): Promise<void> {
  const { Resources, Outputs } = JSON.parse(
    readFileSync(".serverless/cloudformation-template-update-stack.json", "utf8").replaceAll(
      "authing-inbound/dev/",
      `authing-inbound/${stage}/`,
    ),
  ) as { Resources: Record<string, Value>; Outputs: Record<string, Value> };
  const kept = new Set(Object.keys(Resources).filter((name) => kinds.has(String(Resources[name]?.["Type"]))));
  const isWhole = (value: unknown) => references(value).every((name) => kept.has(name) || known.test(name));
  for (const name of kept) if (!isWhole(Resources[name])) kept.delete(name);

  const all: Record<string, { Value: unknown }> = Object.fromEntries(
    Object.entries(outputs).map(([name, Value]) => [name, { Value }]),
  );
  for (const [name, { Value }] of Object.entries(Outputs)) if (isWhole(Value)) all[name] ??= { Value };
  const StackName = `authing-inbound-${stage}`;
  await cloudFormation.send(
    new CreateStackCommand({
      StackName,
      TemplateBody: JSON.stringify({
        Resources: Object.fromEntries([...kept].map((name) => [name, Resources[name]])),
        Outputs: all,
      }),
    }),
  );
}

/** The logical names that a piece of a template refers to. */
function references(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    if (key === "Ref") return [String(inner)];
    if (key === "Fn::GetAtt") return [String((inner as readonly string[])[0])];
    if (key === "Fn::Sub") {
      return Array.from(JSON.stringify(inner).matchAll(/\$\{([\w:]+)/g), ([, name = ""]) => name);
    }
    return references(inner);
  });
}
