// What CloudFormation takes, in our terms. Queues, bucket and table are in the .yml files beside this one; `ref` and `arn` name
// resources of theirs.

/** A value as CloudFormation takes it. */
export type Value = string | number | boolean | readonly Value[] | { readonly [key: string]: Value };

/** One permission. A type, not an interface, so that it is a `Value` too. */
export type Statement = {
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: Value;
};

export const ref = (resource: string): Value => ({ Ref: resource });
export const arn = (resource: string): Value => ({ "Fn::GetAtt": [resource, "Arn"] });
/** Keys of the bucket under a prefix. Object ARNs name no partition of ours: they start from the bucket's own. */
export const objects = (prefix: string): Value => ({ "Fn::Sub": `\${UploadsBucket.Arn}/${prefix}*` });
/** One key of the bucket. */
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
