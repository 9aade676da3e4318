import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { clientSettings } from "./client.ts";

// The part of the object store that holds the SDK: imported with `import()`, when an object is first used.

/** S3 with the commands that are used. Its time-out is longer than that of other services, since a part of 5 MiB may take longer. */
export const s3 = new S3Client({
  ...clientSettings,
  requestHandler: { ...clientSettings.requestHandler, requestTimeout: 30_000 },
});

export {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  UploadPartCommand,
};
