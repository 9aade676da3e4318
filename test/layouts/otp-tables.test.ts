import { describe, expect, it, test } from "vitest";
import { entryReader } from "#lib/layouts/find.ts";
import { namedBy } from "#lib/layouts/pskc/distinguished-name.ts";
import * as fc from "../properties.ts";

// The tables that formats of TOTP secrets make: what fixtures cannot say.

const token = { userId: "li.si@example.com", serialNo: "EX-1", secret: "NFXHMZLOORSWIIDTMVRXEZLUEAYDAMBR" };
type Columns = Readonly<Record<string, string>>;
const entriesOf = (layout: string, values: Readonly<Record<string, unknown>>, columns: Columns) =>
  entryReader(layout, "otp", Object.keys(values), { columns, fusionauthSecret: "base64" }).entries(values);
const fieldsOf = (values: Readonly<Record<string, unknown>>, columns: Columns) =>
  entriesOf("pskc", values, columns)[0]?.fields;

describe("the columns of a token", () => {
  it("may be other fields by the configuration", () => {
    const fields = fieldsOf(token, { serialNo: "externalId", userId: "-", manufacturer: "username" });
    expect(fields).toMatchObject({
      externalId: { value: "EX-1", path: "serialNo" },
      secret: { value: token.secret },
    });
    expect(fields).not.toHaveProperty("email");
    expect(fields).not.toHaveProperty("username");
  });

  it("are not taken for a field that secrets do not have, nor left out for a column that the file does not have", () => {
    expect(fieldsOf(token, { serialNo: "customData.token", 工号: "externalId" })).toMatchObject({
      email: { value: token.userId, path: "userId" },
    });
  });

  it("name the owner of a URI by its label, unless the configuration says otherwise", () => {
    const uri = "otpauth://totp/ACME:li.si@example.com?secret=NFXHMZLOORSWIIDTMVRXEZLUEAYDAMBR";
    const entries = (columns: Columns) => entriesOf("otpauth", { uri, issuer: "x" }, columns);
    expect(entries({})).toMatchObject([
      {
        kind: "secret",
        fields: { email: { value: "li.si@example.com", path: "uri" }, secret: { value: uri } },
      },
    ]);
    expect(entries({ issuer: "username" })).toMatchObject([
      { fields: { username: { value: "x", path: "issuer" } } },
    ]);
  });
});

describe("who a token belongs to", () => {
  it.each([
    ["li.si", "li.si"],
    ["李四", "李四"],
    ["UID=jsmith,DC=example-bank,DC=net", "jsmith"],
    ["cn=Users , uid = li.si ,dc=com", "li.si"],
    ["CN=Li\\, Si+OU=R&D;DC=com", "Li, Si"],
    ['CN="Li, \\"Si\\"",DC=com', 'Li, "Si"'],
    ["CN=Zo\\C3\\AB", "Zoë"],
    ["OID.0.9.2342.19200300.100.1.1=li.si", "li.si"],
    ["2.5.4.3=li.si", "li.si"],
    ["CN=#04024869,UID=", undefined],
    ["DC=example-bank,DC=net", undefined],
    ["CN=li\\", "li\\"],
    [7, undefined],
    [undefined, undefined],
  ])("is said by a name, plain or distinguished: %s", (userId, name) => {
    expect(namedBy(userId)).toBe(name);
  });

  test("is found in any distinguished name that is written by the rules", () => {
    const value = fc.string({ unit: "grapheme", minLength: 1 }).filter((text) => text.trim() === text);
    fc.assert(
      fc.property(value, value, (cn, uid) => {
        const escaped = (text: string) =>
          text.replaceAll(/[ "#+,;<=>\\]/g, String.raw`\$&`).replaceAll("\0", String.raw`\00`);
        expect(namedBy(`CN=${escaped(cn)},UID=${escaped(uid)}`)).toBe(uid);
        expect(namedBy(`CN=${escaped(cn)}`)).toBe(cn);
      }),
    );
  });

  test("of any text is said or not, in time", () => {
    const isSaid = (text: string) => ["string", "undefined"].includes(typeof namedBy(`CN=${text}`));
    fc.assert(fc.property(fc.string({ unit: "binary" }), isSaid));
    const long = ["\\", '"', ",", "=", "+", "\\41", " "].map((part) => part.repeat(60_000));
    expect(long.every(isSaid)).toBe(true);
  });
});
