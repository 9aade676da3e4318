import { readFileSync } from "node:fs";

// The template as it is packaged: what a deployment is made of, and the only place that this harness takes it from.

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

/** Where `npm run package` leaves the template and the bundles. */
export const packageFolder = ".serverless";

export const templateText = readFileSync(
  `${packageFolder}/cloudformation-template-update-stack.json`,
  "utf8",
);
export const template = JSON.parse(templateText) as {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, { readonly Value: unknown }>>;
};

/** A resource's properties. */
export function propertiesOf(resource: string): Readonly<Record<string, unknown>> {
  const found = template.Resources[resource];
  if (!found) throw new Error(`the packaged template has no ${resource}: run npm run package`);
  return found.Properties ?? {};
}

/** The names of all resources of a type. */
export function resourcesOf(type: string): string[] {
  return Object.keys(template.Resources).filter((name) => template.Resources[name]?.Type === type);
}

/** What we call a function: `webhooks-bamboohr`, as its bundle and its package are called. */
export function functionName(resource: string): string {
  // dist/webhooks-bamboohr/index.handler
  return String(propertiesOf(resource)["Handler"]).split("/")[1] ?? "";
}

/** What a deployment knows of its resources. */
export interface Deployed {
  readonly region: string;
  readonly account: string;
  /** What `Ref` gives, by logical name. */
  readonly references: ReadonlyMap<string, string>;
}

/** A value of the template with nothing left to CloudFormation in it. Throws for what this reader does not know. */
export function resolved(value: unknown, deployed: Deployed): unknown {
  if (Array.isArray(value)) return value.map((each) => resolved(each, deployed));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  const [[key, given] = ["", undefined]] = entries;
  if (entries.length === 1 && (key === "Ref" || key.startsWith("Fn::"))) {
    return functions[key]?.(given, deployed) ?? unknown(key);
  }
  return Object.fromEntries(entries.map(([name, each]) => [name, resolved(each, deployed)]));
}

const functions: Readonly<Record<string, (given: any, deployed: Deployed) => string>> = {
  Ref: (name: string, deployed) => reference(name, deployed),
  "Fn::GetAtt": (given: string | [string, string], deployed) => {
    const [name = "", attribute = ""] = typeof given === "string" ? given.split(".") : given;
    return attributeOf(name, attribute, deployed);
  },
  "Fn::Join": ([separator, parts]: [string, unknown[]], deployed) =>
    parts.map((part) => text(part, deployed)).join(separator),
  "Fn::Sub": (given: string, deployed) =>
    given.replace(/\$\{([^}!]+)\}/g, (_, name: string) => {
      const [resource = "", attribute] = name.split(".");
      return attribute === undefined
        ? reference(resource, deployed)
        : attributeOf(resource, attribute, deployed);
    }),
};

const text = (value: unknown, deployed: Deployed) => String(resolved(value, deployed));

function reference(name: string, { references, region, account }: Deployed): string {
  const pseudo: Readonly<Record<string, string>> = {
    "AWS::Region": region,
    "AWS::AccountId": account,
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::StackName": "inbound",
  };
  return pseudo[name] ?? references.get(name) ?? unknown(`Ref ${name}`);
}

function attributeOf(name: string, attribute: string, deployed: Deployed): string {
  const id = reference(name, deployed);
  const last = id.split("/").at(-1) ?? "";
  const arn = (service: string, resource: string) =>
    `arn:aws:${service}:${deployed.region}:${deployed.account}:${resource}`;
  const attributes: Readonly<Record<string, string>> = {
    "AWS::SQS::Queue.Arn": arn("sqs", last),
    "AWS::SQS::Queue.QueueName": last,
    "AWS::S3::Bucket.Arn": `arn:aws:s3:::${id}`,
    "AWS::DynamoDB::Table.Arn": arn("dynamodb", `table/${id}`),
    "AWS::Events::Rule.Arn": arn("events", `rule/${id}`),
    "AWS::Logs::LogGroup.Arn": arn("logs", `log-group:${id}:*`),
    "AWS::Lambda::Function.Arn": arn("lambda", `function:${id}`),
    "AWS::IAM::Role.Arn": `arn:aws:iam::${deployed.account}:role/${id}`,
    "AWS::SNS::Topic.TopicArn": id,
  };
  return (
    attributes[`${template.Resources[name]?.Type}.${attribute}`] ?? unknown(`GetAtt ${name}.${attribute}`)
  );
}

function unknown(what: string): never {
  throw new Error(`test/aws/stack/template.ts does not know what this gives: ${what}`);
}
