// The parts of CloudFormation templates that our code writes. Queues, bucket and table are in the .yml files beside this one; `ref`
// and `arn` refer to resources in them.

/** A value in a CloudFormation template. */
export type Value = string | number | boolean | readonly Value[] | { readonly [key: string]: Value };

/** One permission. A type, not an interface, so that it is a `Value` too. */
export type Statement = {
  readonly Effect: "Allow" | "Deny";
  readonly Action: readonly string[];
  readonly Resource: Value;
  readonly Condition?: Value;
};

export const ref = (resource: string): Value => ({ Ref: resource });
export const arn = (resource: string): Value => ({ "Fn::GetAtt": [resource, "Arn"] });
/** The name that osls gives a function's resources in the template. */
export const logicalName = (name: string) =>
  name.slice(0, 1).toUpperCase() + name.slice(1).replaceAll("-", "Dash");
/** The ARN of a function's log, which osls makes. */
export const logGroup = (functionName: string): Value => arn(`${logicalName(functionName)}LogGroup`);
/** The ARNs of the logs of every webhook function. */
export const webhookLogs: Value = {
  "Fn::Sub":
    "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/lambda/${self:service}-${sls:stage}-webhooks-*",
};
/** The ARN of all keys of the bucket under a prefix. It is made from the bucket's ARN, so that it names the right AWS partition. */
export const objects = (prefix: string): Value => ({ "Fn::Sub": `\${UploadsBucket.Arn}/${prefix}*` });
/** The ARN of one key of the bucket. */
export const object = (key: string): Value => ({ "Fn::Sub": `\${UploadsBucket.Arn}/${key}` });
export const may = (resource: Value, ...actions: string[]): Statement => ({
  Effect: "Allow",
  Action: actions,
  Resource: resource,
});

export const output = (description: string, value: Value): Value => ({
  Description: description,
  Value: value,
});
