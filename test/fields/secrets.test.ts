import { describe, expect, test } from "vitest";
import { passwordHash } from "#lib/fields/kept-hash.ts";
import { joiner } from "#lib/fields/person.ts";
import { totpSecret } from "#lib/fields/totp-secret.ts";

const read = (value: unknown) => ({ value, path: "record.secret" });
const bcrypt = `$2a$10$${"N9qo8uLOickgx2ZMRZoMye".padEnd(53, "I")}`;

describe("a TOTP secret of a source", () => {
  test.each([["JBSWY3DPEHPK3PXP"], ["jbsw y3dp ehpk 3pxp"], ["JBSWY3DPEHPK3PXP======"]])(
    "has one form: %s",
    (written) => {
      expect(totpSecret(read(written))).toBe("JBSWY3DPEHPK3PXP");
    },
  );

  test.each([
    ["secret-missing", undefined],
    ["secret-missing", null],
    ["secret-missing", ""],
    ["secret-missing", "===="],
    ["secret-encrypted", '{"key_id":"a","data":"b"}'],
    ["secret-encoding", "JBSWY3DPEHPK3PX0"],
    ["secret-encoding", 42],
    ["secret-encoding", "A".repeat(2000)],
  ])("is refused as %s without being quoted", (reason, value) => {
    expect(() => totpSecret(read(value))).toThrow(`malformed: ${reason}; at record.secret`);
  });
});

describe("a password hash of a source", () => {
  test("is dropped unless the configuration keeps it", () => {
    expect(passwordHash(read(bcrypt), undefined)).toEqual([]);
    expect(passwordHash(read(bcrypt), "drop")).toEqual([]);
    expect(joiner(passwordHash(read(bcrypt), "keep"))).toMatchObject({
      person: { password: bcrypt },
      options: { keepPassword: true },
    });
  });

  test.each([
    ["hunter2"],
    ["{noop}hunter2"],
    ["5f4dcc3b5aa765d61d8327deb882cf99"],
    [bcrypt.slice(0, 50)],
    [42],
  ])("is no hash: %s", (value) => {
    expect(joiner(passwordHash(read(value), "keep"))).toMatchObject({
      person: {},
      dropped: [{ path: "record.secret", problem: "password-hash-unknown" }],
    });
  });

  test.each([[null], [""], ["!"]])("is not there: %s", (value) => {
    expect(joiner(passwordHash(read(value), "keep"))).toEqual({ kind: "create", person: {}, trail: {} });
  });
});
