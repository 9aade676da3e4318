import { expect, it } from "vitest";
import { objectStore } from "#lib/aws/objects.ts";
import { objectsSuite } from "../contract/objects.ts";
import { createBucket, unfinishedUploads, upload } from "./resources.ts";

objectsSuite("in S3", async () => {
  const bucket = await createBucket();
  return {
    store: objectStore(),
    bucket,
    upload: (key, text) => upload(bucket, key, text),
    unfinished: () => unfinishedUploads(bucket),
  };
});

it("objects are unreachable, not missing, where there is no bucket", async () => {
  const read = objectStore().read({ bucket: `${await createBucket()}-2`, key: "incoming/users/1.csv" });
  await expect(read).rejects.toMatchObject({ code: "misconfigured", reason: "object-unreadable" });
});
