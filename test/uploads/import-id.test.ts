import { describe, expect, it } from "vitest";
import { importFolder, importIdOf } from "#lib/uploads/import-id.ts";

const object = { bucket: "uploads", key: "incoming/users/people.csv", versionId: "v1", etag: "e1" };

describe("the id of an import", () => {
  it("is the same for the same version of an object, whatever else its notification states", () => {
    expect(importIdOf({ ...object, size: 1 })).toBe(importIdOf(object));
    expect(importIdOf({ ...object, etag: "e2" })).toBe(importIdOf(object));
  });

  it.each([{ bucket: "other" }, { key: "incoming/otp/people.csv" }, { versionId: "v2" }])(
    "is different for %o",
    (change) => {
      expect(importIdOf({ ...object, ...change })).not.toBe(importIdOf(object));
    },
  );

  it("is made of the entity tag where the bucket keeps no versions", () => {
    const { versionId: _, ...unversioned } = object;
    expect(importIdOf(unversioned)).not.toBe(importIdOf({ ...unversioned, etag: "e2" }));
  });

  it("holds at most 80 whole characters of the file's name, all of them safe in a key", () => {
    const name = `${"a b".repeat(26)}x𠮷野家.csv`;
    const id = importIdOf({ ...object, key: `incoming/users/${name}` });
    expect(id).toMatch(/^(a-b){26}x𠮷-[0-9a-f]{12}$/u);
    expect(() => encodeURIComponent(importFolder(id))).not.toThrow();
  });
});
