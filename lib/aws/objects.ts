import { InboundError } from "#lib/contract/errors.ts";
import { cutInto } from "#lib/contract/pieces.ts";
import type { ObjectStore } from "#lib/contract/objects.ts";
import { awsErrorName, awsFailure, reached } from "./failure.ts";

/** The smallest part that S3 accepts, except for the last one; what is written is held in memory up to this. */
const partBytes = 5 * 1024 * 1024;

/** What S3 answers when that version of the object is not there (any more), or another one is in its place. */
const gone = new Set(["NoSuchKey", "NoSuchVersion", "NotFound", "PreconditionFailed", "MethodNotAllowed"]);

/** Objects in S3. */
export function objectStore(): ObjectStore {
  return {
    async read({ bucket, key, versionId, etag }, range) {
      const { GetObjectCommand, s3 } = await import("./s3.ts");
      const command = new GetObjectCommand({
        Bucket: bucket,
        Key: key,
        ...(versionId !== undefined && { VersionId: versionId }),
        // HTTP names the last byte, not the one behind it.
        ...(range && { Range: `bytes=${range.start}-${range.end - 1}` }),
        // Notifications give it without the quotes that belong to it.
        ...(etag !== undefined && { IfMatch: `"${etag.replaceAll('"', "")}"` }),
      });
      const { Body } = await s3.send(command).catch((error: unknown) => {
        throw gone.has(awsErrorName(error))
          ? new InboundError("malformed", "object-missing", { hint: "upload the file again" })
          : awsFailure(error, "object-unreadable");
      });
      return bytesOf(Body as AsyncIterable<Uint8Array> | undefined);
    },

    async remove({ bucket, key, versionId }) {
      const { DeleteObjectCommand, s3 } = await import("./s3.ts");
      const command = new DeleteObjectCommand({
        Bucket: bucket,
        Key: key,
        ...(versionId !== undefined && { VersionId: versionId }),
      });
      await reached(s3.send(command), "object-undeletable");
    },

    async write({ bucket, key, contentType }, parts) {
      const sdk = await import("./s3.ts");
      const target = { Bucket: bucket, Key: key };
      const upload = <Answer>(sent: Promise<Answer>) => reached(sent, "object-unwritable");

      const cut = cutInto(partBytes, parts);
      const first = await cut.next();
      if (first.done) {
        return versionOf(
          await upload(
            sdk.s3.send(new sdk.PutObjectCommand({ ...target, ContentType: contentType, Body: first.value })),
          ),
        );
      }

      const created = new sdk.CreateMultipartUploadCommand({ ...target, ContentType: contentType });
      const { UploadId } = await upload(sdk.s3.send(created));
      try {
        const sent: { PartNumber: number; ETag: string | undefined }[] = [];
        const send = async (body: Uint8Array) => {
          const PartNumber = sent.length + 1;
          const command = new sdk.UploadPartCommand({ ...target, UploadId, PartNumber, Body: body });
          const { ETag } = await upload(sdk.s3.send(command));
          sent.push({ PartNumber, ETag });
        };
        await send(first.value);
        let next = await cut.next();
        while (!next.done) {
          await send(next.value);
          next = await cut.next();
        }
        if (next.value.length > 0) await send(next.value);
        const complete = { ...target, UploadId, MultipartUpload: { Parts: sent } };
        return versionOf(await upload(sdk.s3.send(new sdk.CompleteMultipartUploadCommand(complete))));
      } catch (error) {
        await cut.return(new Uint8Array());
        // Parts that cannot be removed now are removed by the bucket's life cycle after a day.
        await sdk.s3.send(new sdk.AbortMultipartUploadCommand({ ...target, UploadId })).catch(() => {});
        throw error;
      }
    },
  };
}

const versionOf = ({ VersionId }: { VersionId?: string | undefined }) =>
  VersionId === undefined ? {} : { versionId: VersionId };

async function* bytesOf(body: AsyncIterable<Uint8Array> | undefined): AsyncGenerator<Uint8Array> {
  try {
    if (body) yield* body;
  } catch (error) {
    throw awsFailure(error, "object-unreadable");
  }
}
