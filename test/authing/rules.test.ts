import { describe, expect, it } from "vitest";
import { CreateUserBatchReqDto } from "#lib/authing/dto.ts";
import { CreateUserInfoDto } from "#lib/contract/person.ts";
import {
  batchProblems,
  importOtpProblems,
  otpSecretProblem,
  personProblems,
  shapeProblems,
  type Problem,
} from "#lib/authing/rules.ts";
import * as fc from "../properties.ts";

const person = (fields: CreateUserInfoDto) => fields;
const people = (count: number): CreateUserInfoDto[] =>
  Array.from({ length: count }, (_, index) => ({ username: `user-${index}` }));

describe("a person", () => {
  it.each([{ email: "li@example.com" }, { phone: "18812340000" }, { username: "李四" }])(
    "with one of e-mail, phone and username is fine: %j",
    (fields) => expect(personProblems(fields)).toEqual([]),
  );

  it("needs one of e-mail, phone and username", () => {
    expect(personProblems({ externalId: "10010", name: "张三" })).toEqual([
      { path: "", code: "identifier-missing" },
    ]);
    expect(personProblems({ email: "  " })).toEqual([{ path: "", code: "identifier-missing" }]);
  });

  it("has no country code without a phone", () => {
    expect(personProblems({ username: "z", phoneCountryCode: "+86" })).toEqual([
      { path: "phoneCountryCode", code: "phone-country-code-without-phone" },
    ]);
  });

  it("has no fields that Authing does not know, and none of a wrong type", () => {
    const odd = {
      username: "z",
      gender: "W",
      emailVerified: "yes",
      otp: { secret: "" },
      unknown: 1,
      identities: [{ extIdpId: "1" }],
    };
    const problems = personProblems(odd as never);
    expect(problems).toEqual(
      expect.arrayContaining([
        { path: "gender", code: "invalid-value" },
        { path: "emailVerified", code: "invalid-type" },
        { path: "otp.secret", code: "too-small" },
        { path: "unknown", code: "unknown-field" },
        { path: "identities[0].userInfoInIdp", code: "invalid-type" },
      ]),
    );
  });

  it("is checked field by field with the same result as by the whole schema", () => {
    const name = fc.constantFrom(...Object.keys(CreateUserInfoDto.shape), "unknown", "__proto__", "toString");
    const value = fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom("z", "", "F", "Activated", true) },
      { weight: 1, arbitrary: fc.constantFrom(undefined, null, 1, {}, ["d"], { secret: "z" }) },
    );
    const fields = fc.uniqueArray(fc.tuple(name, value), { maxLength: 5, selector: ([field]) => field });
    const anything = fc.oneof(
      { weight: 20, arbitrary: fields.map((entries) => Object.fromEntries(entries)) },
      { weight: 1, arbitrary: fc.constantFrom(undefined, null, "z", [], [{}]) },
    );
    const rules = new Set([
      "identifier-missing",
      "phone-country-code-without-phone",
      "otp-secret-not-base32",
      "otp-secret-too-short",
    ]);
    const ofShape = (problems: readonly Problem[]) => problems.filter(({ code }) => !rules.has(code));
    fc.assert(
      fc.property(anything, (candidate) => {
        const batch = { list: [candidate as never] };
        expect(ofShape(personProblems(candidate as never))).toEqual(
          shapeProblems(CreateUserInfoDto, candidate),
        );
        expect(ofShape(batchProblems(batch))).toEqual(shapeProblems(CreateUserBatchReqDto, batch));
      }),
      { numRuns: 1000 },
    );
  });
});

describe("a batch of people", () => {
  it("is refused when its list has a gap", () => {
    const list: CreateUserInfoDto[] = [];
    list[1] = person({ username: "z" });
    expect(batchProblems({ list })).toEqual([{ path: "list[0]", code: "invalid-type" }]);
  });

  it("has 1 to 50 of them", () => {
    expect(batchProblems({ list: [] })).toEqual([{ path: "list", code: "list-empty" }]);
    expect(batchProblems({ list: people(51) })).toEqual([{ path: "list", code: "list-too-long" }]);
    expect(batchProblems({ list: people(50) })).toEqual([]);
  });

  it("has no identifier twice, as Authing compares them", () => {
    const list = [
      person({ email: "Zoë@Example.com", phone: "18812340000", username: "zoe", externalId: "1" }),
      person({ email: "zoë@example.COM", username: "other" }),
      person({ phone: "18812340000", phoneCountryCode: "+86" }),
      person({ phone: "18812340000", phoneCountryCode: "+1" }),
      person({ username: "zoe" }),
      person({ username: "Zoe", externalId: "1" }),
    ];
    expect(batchProblems({ list })).toEqual([
      { path: "list[1].email", code: "duplicate-email" },
      { path: "list[2].phone", code: "duplicate-phone" },
      { path: "list[4].username", code: "duplicate-username" },
      { path: "list[5].externalId", code: "duplicate-external-id" },
    ]);
  });

  it("is checked person by person", () => {
    const list = [{ username: "a" }, { externalId: "2" }, { username: "c", otp: { secret: "abc" } }];
    expect(batchProblems({ list })).toEqual([
      { path: "list[1]", code: "identifier-missing" },
      { path: "list[2].otp.secret", code: "otp-secret-not-base32" },
    ]);
  });
});

describe("a TOTP secret", () => {
  it.each(["HZ2F6J3AGNAVSOTV", "A".repeat(32), "A".repeat(20), "A".repeat(26)])("is fine: %s", (secret) =>
    expect(otpSecretProblem(secret)).toBeUndefined(),
  );

  it.each([
    "hz2f6j3agnavsotv",
    "HZ2F 6J3A GNAV SOTV",
    "HZ2F6J3AGNAVSOTV====",
    "HZ2F6J3AGNAVSOT1",
    "",
    "A".repeat(17),
  ])("is not base32 in Authing's form: %j", (secret) =>
    expect(otpSecretProblem(secret)).toBe("otp-secret-not-base32"),
  );

  it("has at least 80 bits", () => {
    expect(otpSecretProblem("A".repeat(15))).toBe("otp-secret-too-short");
    expect(otpSecretProblem("A".repeat(16))).toBeUndefined();
  });

  it("occurs once for each person of a batch", () => {
    const otp = { secret: "HZ2F6J3AGNAVSOTV" };
    expect(importOtpProblems({ list: [{ userId: "1", otp }] })).toEqual([]);
    expect(importOtpProblems({ list: [] })).toEqual([{ path: "list", code: "list-empty" }]);
    const list = [
      { userId: "1", otp },
      { userId: "1", otp },
      { userId: "2", otp: { secret: "AAAA" } },
    ];
    expect(importOtpProblems({ list })).toEqual([
      { path: "list[1].userId", code: "duplicate-user-id" },
      { path: "list[2].otp.secret", code: "otp-secret-too-short" },
    ]);
  });
});
