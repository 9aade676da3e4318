import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { openStage } from "#infra/stage/aws.ts";
import { enrolmentKey, objectEnrolments } from "#lib/aws/enrolments.ts";
import { createBucket, createSecret } from "./resources.ts";

describe("enrolments in S3", () => {
  it("are one object per source, the newest, which the operator reads and deletes", async () => {
    const bucket = await createBucket();
    const stage = openStage();
    const keeper = objectEnrolments(bucket);
    const enrolment = (text: string) => ({
      source: "gusto",
      receivedAt: "2026-01-31T18:42:05.000Z",
      fields: { verificationToken: text },
    });
    expect(await stage.objectText(bucket, enrolmentKey("gusto"))).toBeUndefined();
    await keeper.keep(enrolment("one"));
    await keeper.keep(enrolment("张三"));
    const text = await stage.objectText(bucket, enrolmentKey("gusto"));
    expect(JSON.parse(text ?? "")).toEqual(enrolment("张三"));
    await stage.removeObject(bucket, enrolmentKey("gusto"));
    expect(await stage.objectText(bucket, enrolmentKey("gusto"))).toBeUndefined();
  });

  it("become the current value of the secret, and the value before becomes the previous one", async () => {
    const id = `authing-inbound/test/sources/${randomUUID()}`;
    const stage = openStage();
    await createSecret(id);
    await stage.putSecret(id, '{"a":"1"}');
    await stage.putSecret(id, '{"a":"2"}');
    expect(await stage.secret(id)).toMatchObject({ current: { a: "2" }, previous: { a: "1" } });
  });

  it("are not kept where there is no bucket", async () => {
    const keeper = objectEnrolments(`missing-${randomUUID()}`);
    const kept = keeper.keep({ source: "gusto", receivedAt: "2026-01-31T18:42:05.000Z", fields: { a: "1" } });
    await expect(kept).rejects.toMatchObject({ reason: "bucket-unreachable" });
  });
});
