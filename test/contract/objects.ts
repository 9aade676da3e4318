import { beforeAll, describe, expect, it } from "vitest";
import type { ObjectReference, ObjectStore } from "#lib/contract/objects.ts";

/** A bucket to test. */
export interface ObjectsUnderTest {
  readonly store: ObjectStore;
  readonly bucket: string;
  /** What a person uploads. */
  upload(key: string, text: string): Promise<ObjectReference>;
  /** How many objects were begun and are not whole. */
  unfinished(): Promise<number>;
}

/** The contract of every bucket. */
export function objectsSuite(name: string, open: () => Promise<ObjectsUnderTest>): void {
  describe(`objects ${name}`, () => {
    const key = "incoming/users/员工 2026.csv";
    let store: ObjectStore;
    let bucket = "";
    let upload: ObjectsUnderTest["upload"];
    let unfinished: ObjectsUnderTest["unfinished"];
    beforeAll(async () => {
      ({ store, bucket, upload, unfinished } = await open());
    });

    async function read(object: ObjectReference): Promise<Buffer> {
      return Buffer.concat(await Array.fromAsync(await store.read(object)));
    }

    it("are read at the version that was uploaded", async () => {
      const first = await upload(key, "工号\n10010\n");
      const second = await upload(key, "工号\n10011\n");
      expect((await read(first)).toString()).toBe("工号\n10010\n");
      expect((await read(second)).toString()).toBe("工号\n10011\n");
      expect((await read({ bucket, key })).toString()).toBe("工号\n10011\n");
    });

    it("are read from one byte to before another", async () => {
      const object = await upload("incoming/users/range.csv", "0123456789");
      const range = async (start: number, end: number) =>
        Buffer.concat(await Array.fromAsync(await store.read(object, { start, end }))).toString();
      expect(await range(0, 1)).toBe("0");
      expect(await range(3, 7)).toBe("3456");
      expect(await range(9, 100)).toBe("9");
    });

    it("that are removed without a version do not exist any more", async () => {
      await upload("results/part.json", "one");
      await store.remove({ bucket, key: "results/part.json" });
      await expect(store.read({ bucket, key: "results/part.json" })).rejects.toMatchObject({
        reason: "object-missing",
      });
    });

    it("are not read when another object has replaced them", async () => {
      const { etag = "" } = await upload("incoming/users/replaced.csv", "one");
      await upload("incoming/users/replaced.csv", "two");
      await expect(store.read({ bucket, key: "incoming/users/replaced.csv", etag })).rejects.toMatchObject({
        code: "malformed",
        reason: "object-missing",
      });
    });

    it("are removed at the version that was read, and at no other version", async () => {
      const first = await upload("incoming/otp/secrets.csv", "one");
      const second = await upload("incoming/otp/secrets.csv", "two");
      await store.remove(first);
      await store.remove(first);
      await expect(store.read(first)).rejects.toMatchObject({ reason: "object-missing" });
      expect((await read(second)).toString()).toBe("two");
    });

    it("are missing when they were deleted, never existed, or never had that version", async () => {
      const { versionId = "" } = await upload("incoming/users/gone.csv", "one");
      await store.remove({ bucket, key: "incoming/users/gone.csv" });
      const missing = { code: "malformed", reason: "object-missing" };
      await expect(store.read({ bucket, key: "incoming/users/gone.csv" })).rejects.toMatchObject(missing);
      await expect(store.read({ bucket, key: "incoming/users/never.csv" })).rejects.toMatchObject(missing);
      const elsewhere = { bucket, key: "incoming/users/gone.csv", versionId: versionId.toUpperCase() };
      await expect(store.read(elsewhere)).rejects.toMatchObject(missing);
    });

    const mebibyte = 1024 * 1024;
    it.each([0, 1, 5 * mebibyte - 1, 5 * mebibyte, 12 * mebibyte + 1])(
      "are written whole: %i bytes",
      async (size) => {
        const bytes = Buffer.alloc(size, "0123456789abcdefg");
        const target = { bucket, key: `results/${size}`, contentType: "application/x-ndjson" };
        async function* parts() {
          for (let at = 0; at < size; at += 700_001) yield bytes.subarray(at, at + 700_001);
        }
        await store.write(target, parts());
        expect((await read(target)).equals(bytes)).toBe(true);
        expect(await unfinished()).toBe(0);
      },
    );

    it.each([1, 12])("are not written at all when their content fails after %i MiB", async (mebibytes) => {
      const target = { bucket, key: `results/failed-${mebibytes}`, contentType: "text/csv" };
      async function* parts() {
        for (let part = 0; part < mebibytes; part += 1) yield Buffer.alloc(mebibyte);
        throw new Error("no more rows");
      }
      await expect(store.write(target, parts())).rejects.toThrow("no more rows");
      await expect(store.read(target)).rejects.toMatchObject({ reason: "object-missing" });
      expect(await unfinished()).toBe(0);
    });
  });
}
