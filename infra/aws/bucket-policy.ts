import { arn, type Statement, type Value } from "./cloudformation.ts";
import type { FunctionDefinition } from "./function-definition.ts";
import { pascal } from "#infra/stage/outputs.ts";

/** Where people and their secrets are in the clear: uploaded files, rows of imports in work, events whole. */
const foldersOfPeople = ["incoming/", "plan/", "rows/", "waiting/", "parked/"] as const;
const reads = ["s3:GetObject", "s3:GetObjectVersion"] as const;

const isRead = ({ Action, Resource }: Statement) =>
  Action.some((action) => (reads as readonly string[]).includes(action)) &&
  foldersOfPeople.some((folder) => JSON.stringify(Resource).includes(`/${folder}`));

/**
 * The policy of the bucket: TLS only; and of what holds people in the clear, that it is read by the functions that need it, and by the
 * principals of `readers`, whatever other policies of the account allow. Writing and deleting are as these other policies say.
 */
export function bucketPolicy(definitions: readonly FunctionDefinition[], readers: readonly string[]): Value {
  const names = definitions.filter(({ may }) => may.some(isRead)).map(({ name }) => pascal(name));
  const own = names.toSorted().map((name) => arn(`${name}Role`));
  const bucket = arn("UploadsBucket");
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [bucket, { "Fn::Sub": "${UploadsBucket.Arn}/*" }],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
      {
        Sid: "NamedReadersOnly",
        Effect: "Deny",
        Principal: "*",
        Action: reads,
        Resource: foldersOfPeople.map((folder) => ({ "Fn::Sub": `\${UploadsBucket.Arn}/${folder}*` })),
        // The ARN of a role, also where its session asks.
        Condition: { ArnNotLike: { "aws:PrincipalArn": [...own, ...readers] } },
      },
    ],
  };
}
