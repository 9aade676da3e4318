import * as z from "zod/mini";
import { InboundError } from "#lib/contract/errors.ts";
import type { ObjectReference } from "#lib/contract/objects.ts";

/** An S3 event notification. Its keys are URL-encoded, a space as `+`. */
const S3Notification = z.object({
  Records: z.array(
    z.object({
      eventName: z.string(),
      s3: z.object({
        bucket: z.object({ name: z.string() }),
        object: z.object({
          key: z.string(),
          size: z.optional(z.number()),
          eTag: z.optional(z.string()),
          versionId: z.optional(z.string()),
        }),
      }),
    }),
  ),
});

/** The same notification through EventBridge. Its keys are not encoded. */
const EventBridgeNotification = z.object({
  "detail-type": z.literal("Object Created"),
  detail: z.object({
    bucket: z.object({ name: z.string() }),
    object: z.object({
      key: z.string(),
      size: z.optional(z.number()),
      etag: z.optional(z.string()),
      "version-id": z.optional(z.string()),
    }),
  }),
});

/** S3 sends this once, when a notification is configured. */
const TestNotification = z.object({ Event: z.literal("s3:TestEvent") });

/** The objects that a notification reports as created. Throws `malformed` `notification-unknown` for any other message. */
export function objectsCreated(notification: unknown): ObjectReference[] {
  const bridged = z.safeParse(EventBridgeNotification, notification);
  if (bridged.success) {
    const { bucket, object } = bridged.data.detail;
    return [reference(bucket.name, object.key, object["version-id"], object.etag, object.size)];
  }
  const direct = z.safeParse(S3Notification, notification);
  if (direct.success) {
    return direct.data.Records.filter(({ eventName }) => eventName.startsWith("ObjectCreated:")).map(
      ({ s3: { bucket, object } }) =>
        reference(bucket.name, decodeKey(object.key), object.versionId, object.eTag, object.size),
    );
  }
  if (z.safeParse(TestNotification, notification).success) return [];
  throw new InboundError("malformed", "notification-unknown", {
    hint: "send S3 ObjectCreated notifications, directly or through EventBridge",
  });
}

function reference(
  bucket: string,
  key: string,
  versionId: string | undefined,
  etag: string | undefined,
  size: number | undefined,
): ObjectReference {
  return {
    bucket,
    key,
    ...(versionId !== undefined && { versionId }),
    ...(etag !== undefined && { etag }),
    ...(size !== undefined && { size }),
  };
}

function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll("+", " "));
  } catch {
    throw new InboundError("malformed", "object-key-malformed");
  }
}
