import { describe, expect, it } from "vitest";
import { objectsCreated } from "#lib/uploads/notification.ts";
import { importIdOf } from "#lib/uploads/import-id.ts";
import eventBridge from "./events/eventbridge-notification.json" with { type: "json" };
import s3 from "./events/s3-notification.json" with { type: "json" };
import s3Test from "./events/s3-test.json" with { type: "json" };

const object = {
  bucket: "authing-inbound-dev-uploads",
  key: "incoming/users/名单 2026+1.csv",
  versionId: "096fKKXTRTtl3on89fVO.nfljtsv6qko",
  etag: "d41d8cd98f00b204e9800998ecf8427e",
  size: 1024,
};

describe("a notification of S3", () => {
  it("names its object with the key decoded, and nothing that was removed", () => {
    expect(objectsCreated(s3)).toEqual([object]);
  });

  it("through EventBridge names the same object, its key as it is", () => {
    expect(objectsCreated(eventBridge)).toEqual([object]);
  });

  it("that S3 sends as a test names no object", () => {
    expect(objectsCreated(s3Test)).toEqual([]);
  });

  it("of another shape is refused", () => {
    for (const other of [{}, null, "text", { Records: [{}] }, { "detail-type": "Object Deleted" }]) {
      expect(() => objectsCreated(other)).toThrow("notification-unknown");
    }
  });

  it("whose key is not URL-encoded is refused without the key", () => {
    const broken = structuredClone(s3);
    if (broken.Records[0]) broken.Records[0].s3.object.key = "incoming/users/%E5%张三";
    expect(() => objectsCreated(broken)).toThrow(/^malformed: object-key-malformed$/);
  });
});

describe("an import", () => {
  it("is named after its file and its version: the same upload is the same import", () => {
    expect(importIdOf(object)).toBe(importIdOf({ ...object, size: 1 }));
    expect(importIdOf(object)).not.toBe(importIdOf({ ...object, versionId: "another" }));
    expect(importIdOf(object)).toMatch(/^名单-2026-1\.csv-[0-9a-f]{12}$/);
  });
});
