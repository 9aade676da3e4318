import { createHash } from "node:crypto";
import { InboundError } from "#lib/contract/errors.ts";
import type { KeptMessage, Shelf } from "#lib/contract/parked.ts";
import { asciiJson } from "./ascii-json.ts";
import { awsErrorName, awsFailure } from "./failure.ts";
import { inParallel } from "./parallel.ts";

// Messages that wait for a person, one object each: kept/<dead|held>/<source>/<hash of the id>.json in the bucket of the
// uploads. Objects rather than a queue: they can be listed without being taken, do not end after 14 days, and take any size.

const readsAtOnce = 10;

/** The shelf in this bucket. */
export function parkedObjects(bucket: any): any {
  const reach = async <Result>(sent: Promise<Result>): Promise<Result> => {
    try {
      return await sent;
    } catch (error) {
      throw awsFailure(error, "shelf-unreachable");
    }
  };

  return {
    async keep(kept) {
      const { PutObjectCommand, s3 } = await import("./s3.ts");
      const object = { Bucket: bucket, Key: keyOf(kept), Body: asciiJson(kept) };
      await reach(s3.send(new PutObjectCommand({ ...object, ContentType: "application/json" })));
    },

    async list(kind, limit) {
      const { GetObjectCommand, ListObjectsV2Command, s3 } = await import("./s3.ts");
      const found: { Key: string; at: number }[] = [];
      let from: string | undefined;
      do {
        const page = new ListObjectsV2Command({
          Bucket: bucket,
          Prefix: `kept/${kind}/`,
          ...(from !== undefined && { ContinuationToken: from }),
        });
        const { Contents = [], NextContinuationToken } = await reach(s3.send(page));
        for (const { Key, LastModified } of Contents) {
          if (Key !== undefined) found.push({ Key, at: LastModified?.getTime() ?? 0 });
        }
        from = NextContinuationToken;
      } while (from !== undefined);
      const oldest = found.toSorted((one, other) => one.at - other.at).slice(0, limit);

      const kept = new Map<string, KeptMessage>();
      await inParallel(oldest, readsAtOnce, async ({ Key }) => {
        const object = await s3
          .send(new GetObjectCommand({ Bucket: bucket, Key }))
          .catch((error: unknown) => {
            // Somebody took it away in between.
            if (awsErrorName(error) === "NoSuchKey") return undefined;
            throw awsFailure(error, "shelf-unreachable");
          });
        const text = await object?.Body?.transformToString();
        if (text !== undefined) kept.set(Key, read(text));
      });
      return oldest.flatMap(({ Key }) => kept.get(Key) ?? []);
    },

    async remove(kept) {
      const { DeleteObjectCommand, s3 } = await import("./s3.ts");
      await reach(s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: keyOf(kept) })));
    },
  };
}

function keyOf({ kind, message, ledgerId }: KeptMessage): string {
  return `kept/${kind}/${message.source}/${createHash("sha256").update(ledgerId).digest("hex")}.json`;
}

/** Written by ourselves, so its shape is known. */
function read(text: string): KeptMessage {
  try {
    return JSON.parse(text) as KeptMessage;
  } catch {
    throw new InboundError("malformed", "kept-message-not-json");
  }
}
