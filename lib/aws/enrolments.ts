import type { EnrolmentKeeper } from "#lib/contract/enrolment.ts";
import { exactJson } from "./exact-json.ts";
import { reached } from "./failure.ts";

/** Where the enrolment of a source waits in the bucket. The role of a function allows this one key, and only to write it. */
export const enrolmentKey = (source: string) => `enrolments/${source}.json`;

/** Enrolments in this bucket, one object a source; the bucket deletes it after some days (infra/aws/bucket.yml). */
export function objectEnrolments(bucket: string): EnrolmentKeeper {
  return {
    async keep(enrolment) {
      const { PutObjectCommand, s3 } = await import("./s3.ts");
      const command = new PutObjectCommand({
        Bucket: bucket,
        Key: enrolmentKey(enrolment.source),
        Body: exactJson(enrolment),
        ContentType: "application/json",
      });
      await reached(s3.send(command), "bucket-unreachable");
    },
  };
}
