import { arn, may, ref, type Value } from "./cloudformation.ts";

// `encryption: "customer-managed"` in inbound.config.ts: one customer-managed key encrypts everything that holds personal data or
// secrets. Logs hold neither and keep CloudWatch's own encryption.

const keyArn = arn("Key");

/** The permissions that a function needs to read and write what the key encrypts. */
export const mayUseKey = may(keyArn, "kms:Decrypt", "kms:GenerateDataKey");

/** Properties that make a resource use the key. */
const queue: Value = { Properties: { SqsManagedSseEnabled: false, KmsMasterKeyId: keyArn } };
const extensions = {
  EventsQueue: queue,
  DeadEventsQueue: queue,
  UploadsQueue: queue,
  DeadUploadsQueue: queue,
  ChunksQueue: queue,
  FinishQueue: queue,
  DeadChunksQueue: queue,
  RostersQueue: queue,
  DeadRostersQueue: queue,
  UploadsBucket: {
    Properties: {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          {
            // An S3 bucket key saves a call to KMS for each object.
            BucketKeyEnabled: true,
            ServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID: keyArn },
          },
        ],
      },
    },
  },
  LedgerTable: {
    Properties: { SSESpecification: { SSEEnabled: true, SSEType: "KMS", KMSMasterKeyId: keyArn } },
  },
  AlarmsTopic: { Properties: { KmsMasterKeyId: keyArn } },
} satisfies Record<string, Value>;

/**
 * The key, and the changes in the resources that it encrypts. EventBridge writes into a queue and CloudWatch into the topic: the
 * key's policy lets both use the key for this account, because AWS services have no role of ours that could allow it.
 *
 * @param secrets names of the secrets in the template
 */
export function customerKey(secrets: readonly string[]): {
  readonly Resources: Record<string, Value>;
  readonly extensions: Record<string, Value>;
} {
  const secret: Value = { Properties: { KmsKeyId: keyArn } };
  return {
    Resources: {
      Key: {
        Type: "AWS::KMS::Key",
        DeletionPolicy: "Retain",
        UpdateReplacePolicy: "Retain",
        Properties: {
          Description: { "Fn::Sub": "Encrypts what ${AWS::StackName} keeps" },
          EnableKeyRotation: true,
          KeyPolicy: {
            Version: "2012-10-17",
            Statement: [
              {
                Sid: "PrincipalsOfTheAccount",
                Effect: "Allow",
                Principal: {
                  AWS: { "Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root" },
                },
                Action: "kms:*",
                Resource: "*",
              },
              {
                Sid: "ServicesOfTheAccount",
                Effect: "Allow",
                Principal: { Service: ["events.amazonaws.com", "cloudwatch.amazonaws.com"] },
                Action: ["kms:Decrypt", "kms:GenerateDataKey"],
                Resource: "*",
                Condition: { StringEquals: { "aws:SourceAccount": ref("AWS::AccountId") } },
              },
            ],
          },
        },
      },
    },
    extensions: {
      ...extensions,
      ...Object.fromEntries(secrets.map((name) => [name, secret])),
    },
  };
}
