import { Secret, TOTP, URI } from "otpauth";
import { describe, expect, test } from "vitest";
import { InboundError } from "#lib/contract/errors.ts";
import { findLayout } from "#lib/layouts/find.ts";
import type { Layout, LayoutSettings } from "#lib/layouts/layout.ts";
import * as registry from "#lib/layouts/registry.ts";
import * as fc from "../properties.ts";
import { fixturesOf, layoutSettings, memoryFile, readOrRefusal, readWhole } from "../contract/files.ts";

type Values = Readonly<Record<string, any>>;

const utf8 = (text: string) => new Secret({ buffer: new Uint8Array(Buffer.from(text)).buffer });
const base64 = (text: string) => new Secret({ buffer: new Uint8Array(Buffer.from(text, "base64")).buffer });
const base32 = (text: string) => Secret.fromBase32(text);
const uriOrBase32 = (text: string) =>
  text.startsWith("otpauth:") ? (URI.parse(text) as TOTP).secret : base32(text);

/** The key of a record's first factor, as the otpauth package reads the product's own encoding. */
const keysOf: Readonly<Record<string, (record: Values) => Secret | undefined>> = {
  keycloak: ({ credentials = [] }) => {
    const first = credentials.find(({ type }: Values) => ["otp", "totp", "hotp"].includes(type));
    if (first?.secretData === undefined) return first && utf8(first.hashedSaltedValue ?? first.value);
    const { value } = JSON.parse(first.secretData);
    return JSON.parse(first.credentialData).secretEncoding === "BASE32" ? base32(value) : utf8(value);
  },
  auth0: ({ mfa_factors: factors }) => base32(factors[0].totp.secret),
  fusionauth: ({ twoFactor, twoFactorSecret }) => base64(twoFactorSecret ?? twoFactor.methods[0].secret),
  clerk: ({ totp_secret: secret }) => base32(secret),
  supabase: ({ secret }) => base32(secret),
  supertokens: ({ totpDevices }) =>
    base32((totpDevices as Values[]).find(({ period }) => period !== 60)?.["secretKey"] as string),
  kratos: ({ credentials }) => uriOrBase32(credentials.totp.config.totp_url),
  authelia: ({ secret, created_at: createdAt }) =>
    base32(createdAt ? Buffer.from(secret, "base64").toString() : secret),
  logto: ({ mfaVerifications, mfa_verifications: table }) =>
    base32((mfaVerifications ?? JSON.parse(table))[0].key),
  stytch: ({ secret }) => base32(secret),
  zitadel: ({ user, human }) => base32(user?.otpCode ?? human.totpSecret),
  hanko: ({ otp_secret: { secret } }) => base32(secret),
  casdoor: ({ totpSecret, totp_secret: cell }) => base32(totpSecret ?? cell),
  authgear: ({ mfa }) => base32(mfa.totp.secret),
  privacyidea: ({ key }) => Secret.fromHex(key),
  "privacyidea-janitor": ({ key }) => Secret.fromHex(key.trim()),
  linotp: ({ key }) => Secret.fromHex(key),
  raivo: ({ secret }) => base32(secret),
  bitwarden: ({ login, login_totp: cell }) => uriOrBase32(login?.totp ?? cell),
  keepassxc: ({ TOTP: cell }) => uriOrBase32(cell),
  aegis: ({ info }) => base32(info.secret),
  "2fas": ({ secret }) => base32(secret),
  authing: ({ otp }) => base32(otp.secret),
};

/** Names that are read in part, so that they are told as unused: what else they hold is for `columns` of the configuration. */
const readInPart = new Set(["attributes", "raw_user_meta_data", "user_metadata"]);

const codeOf = (secret: Secret) => new TOTP({ secret }).generate({ timestamp: 1_700_000_000_000 });

const products = (Object.values(registry) as readonly Layout[]).filter(
  ({ name }) => Object.hasOwn(keysOf, name) || ["better-auth", "firebase", "scim"].includes(name),
);

async function recordsOf(name: string): Promise<readonly Values[]> {
  const records: Values[] = [];
  for (const { path, bytes } of fixturesOf("layouts", name)) {
    const read = await readOrRefusal(readWhole(memoryFile(path, bytes)));
    if (read instanceof InboundError) throw read;
    records.push(...read.rows.flatMap(({ values }) => (values ? [values] : [])));
  }
  return records;
}

describe.each(products.map((layout) => ({ name: layout.name, layout })))("$name", ({ name, layout }) => {
  const entries = (record: Values, settings: LayoutSettings = layoutSettings) =>
    layout.entries(record, "otp", settings);

  const hasKeys = Object.hasOwn(keysOf, name);
  if (hasKeys)
    test("passes on the key that the product means", async () => {
      let compared = 0;
      for (const record of await recordsOf(name)) {
        const [entry] = entries(record);
        const secret = entry?.fields["secret"]?.value;
        if (entry?.part !== undefined && name === "keycloak") continue;
        if (entry?.problems) continue;
        // Encrypted, or no secret at all.
        if (typeof secret !== "string" || !/^(?:[A-Z2-7]+$|otpauth:)/.test(secret)) continue;
        const key = keysOf[name]?.(record);
        expect(key).toBeDefined();
        expect(codeOf(uriOrBase32(secret))).toBe(codeOf(key as Secret));
        compared += 1;
      }
      expect(compared).toBeGreaterThan(0);
    });

  test("knows each name that it reads", async () => {
    const loose = (text: string) => text.toLowerCase().replaceAll("_", "");
    const known = new Set((Array.isArray(layout.knows) ? layout.knows : []).map(loose));
    for (const record of await recordsOf(name)) {
      // Auth0's cells are unquoted, which reads all of them.
      if (Object.values(record).some((cell) => typeof cell === "string" && cell.startsWith("'"))) continue;
      const seen = new Set<string>();
      const watched = new Proxy(record, {
        get(target, key, receiver) {
          if (typeof key === "string" && Object.hasOwn(target, key)) seen.add(key);
          return Reflect.get(target, key, receiver) as unknown;
        },
      });
      layout.entries(watched, "users", layoutSettings);
      const unknown = [...seen].filter((key) => !known.has(loose(key)) && !readInPart.has(key));
      expect(unknown).toEqual([]);
    }
  });

  test("says something of any values under its own names", async () => {
    const names = [...new Set((await recordsOf(name)).flatMap(namesIn))];
    const key = fc.oneof(fc.constantFrom(...names), fc.string());
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom(
          null,
          true,
          false,
          "",
          "totp",
          "otp",
          "hotp",
          "password",
          "Totp",
          "BackupCode",
          "authenticator",
        ),
        fc.integer(),
        fc.string(),
        fc.json({ maxDepth: 2 }),
        fc.array(tie("value"), { maxLength: 4 }),
        fc.dictionary(key, tie("value"), { maxKeys: 8, noNullPrototype: false }),
      ),
    }));
    const record = fc.dictionary(key, value, { maxKeys: 12, noNullPrototype: false });
    fc.assert(
      fc.property(record, fc.constantFrom("users" as const, "otp" as const), (values, kind) => {
        layout.recognizes({ columns: undefined, values });
        for (const { fields } of layout.entries(values, kind, layoutSettings)) {
          for (const read of Object.values(fields)) expect(typeof read.path).toBe("string");
        }
      }),
      { numRuns: 300 },
    );
  });
});

/** The names of a record, at any depth. */
function namesIn(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(namesIn);
  return Object.entries(value).flatMap(([name, inner]) => [name, ...namesIn(inner)]);
}

describe("published pairs", () => {
  const secretOf = (layout: Layout, record: Values, settings: LayoutSettings = layoutSettings) =>
    layout.entries(record, "otp", settings)[0]?.fields["secret"]?.value;

  test("Keycloak's text", () => {
    const record = {
      credentials: [
        {
          type: "otp",
          secretData: '{"value":"DJmQfC73VGFhw7D4QJ8A"}',
          credentialData: '{"subType":"totp","digits":6,"period":30,"algorithm":"HmacSHA1"}',
        },
      ],
    };
    const secret = secretOf(registry.keycloak, record);
    expect(secret).toBe("IRFG2ULGIM3TGVSHIZUHON2EGRIUUOCB");
    expect(codeOf(base32(secret as string))).toBe("127137");
  });

  test("FusionAuth's base64, and its text before 1.26", () => {
    const record = (secret: string) => ({ twoFactor: { methods: [{ method: "authenticator", secret }] } });
    expect(secretOf(registry.fusionauth, record("SP2m6K2Dg/x2JN9DyQvZ"))).toBe("JD62N2FNQOB7Y5RE35B4SC6Z");
    expect(
      secretOf(registry.fusionauth, record("8MJJfCY4ERBtotvenSc3"), {
        ...layoutSettings,
        fusionauthSecret: "text",
      }),
    ).toBe("HBGUUSTGINMTIRKSIJ2G65DWMVXFGYZT");
  });

  test("Authelia's base64 of base32", () => {
    const record = { username: "john", secret: "QUJDREVG", created_at: "2024-01-01T00:00:00Z" };
    expect(secretOf(registry.authelia, record)).toBe("ABCDEF");
  });
});

describe("the factor that Authing gets", () => {
  const method = (secret: string, codeLength = 6) => ({
    method: "authenticator",
    secret: Buffer.from(secret).toString("base64"),
    authenticator: { codeLength },
  });
  const told = (layout: Layout, record: Values) =>
    layout.entries(record, "otp", layoutSettings).map(({ part, fields, problems = [], notes = [] }) => ({
      part,
      code: fields["recoveryCode"]?.value,
      told: [...problems, ...notes].map(({ code }) => code),
    }));

  test("is the first that it can hold, with the recovery code of the person", () => {
    const methods = [
      method("a secret of 8 digits", 8),
      method("a secret of 6 digits"),
      method("another of 6 digits"),
    ];
    const record = { id: "1", twoFactor: { methods, recoveryCodes: ["QJD73-L6GR5", "AAAAA-BBBBB"] } };
    expect(told(registry.fusionauth, record)).toEqual([
      { part: "otp 2", code: "QJD73-L6GR5", told: ["recovery-codes-left-out"] },
      { part: "otp 1", code: undefined, told: [] },
      { part: "otp 3", code: undefined, told: ["second-factor-left-out"] },
    ]);
  });

  test("is the first where it can hold none", () => {
    const methods = [method("a secret of 8 digits", 8), method("another of 8 digits", 8)];
    expect(told(registry.fusionauth, { id: "1", twoFactor: { methods } })).toEqual([
      { part: "otp 1", code: undefined, told: [] },
      { part: "otp 2", code: undefined, told: [] },
    ]);
  });

  test("is found by the settings of URIs, too", () => {
    const mfaFactors = ["algorithm=SHA256", "digits=6"].map((setting) => ({
      totp: { secret: `otpauth://totp/li?secret=NFXHMZLOORSWIIDTMVRXEZLUEAYDAMBR&${setting}` },
    }));
    expect(told(registry.auth0, { user_id: "auth0|1", mfa_factors: mfaFactors })).toMatchObject([
      { part: "otp 2", told: [] },
      { part: "otp 1", told: [] },
    ]);
  });
});

describe("files of no product", () => {
  test.each([
    ["Devise", { id: "1", email: "a@example.com", encrypted_password: "x", confirmed_at: "" }],
    ["has_secure_password", { id: "1", email: "a@example.com", password_digest: "x" }],
    [
      "a column of base32",
      { id: "1", email: "a@example.com", twoFactorEnabled: "true", twoFactorSecret: "x" },
    ],
    ["a column of Rails", { id: "1", email: "a@example.com", otp_secret: "x", backup_codes: "" }],
    ["people of an application", { username: "a", enabled: true, email: "a@example.com", totp_secret: "x" }],
    ["members", { member_id: "1", name: "A", email: "a@example.com" }],
    ["people of a directory", { employeeId: "1", primary_email: "a@example.com", primary_phone: "1" }],
    [
      "secrets",
      { username: "a", issuer: "b", algorithm: "SHA1", digits: 6, period: 30, secret: "x", created_at: "" },
    ],
    ["our own names", { externalId: "1", email: "a@example.com", otp: { secret: "x" } }],
  ])("%s are read by their names", (_, values) => {
    for (const list of [undefined, "[]", "users", "records"]) {
      const beginning = { format: "json", columns: undefined, records: [values], ...(list && { list }) };
      expect(findLayout(beginning, {})?.name).toBeUndefined();
    }
    const table = { format: "csv", columns: Object.keys(values), records: [values] };
    expect(findLayout(table, {})?.name).toBeUndefined();
  });
});

describe("the layout of a file", () => {
  const keycloak = { id: "1", username: "li", requiredActions: [] };
  const person = { id: "2", username: "si", email: "si@example.com" };
  const auth0 = { user_id: "auth0|1", email: "wu@example.com" };
  const found = (records: readonly Values[], layout?: string, format = "json") =>
    findLayout({ format, columns: undefined, records, list: "users" }, layout === undefined ? {} : { layout })
      ?.name;

  test("is known by any of its first records", () => {
    expect(found([person, person, keycloak])).toBe("keycloak");
    expect(found([keycloak, person])).toBe("keycloak");
    expect(found([person])).toBeUndefined();
    expect(found([])).toBeUndefined();
  });

  test("is the one that accounts for all records that are recognised", () => {
    const both = { ...keycloak, ...auth0 };
    expect(found([both, keycloak])).toBe("keycloak");
    expect(found([both, auth0])).toBe("auth0");
    expect(() => found([auth0, person, keycloak])).toThrow(
      expect.objectContaining({ reason: "layout-ambiguous", path: "layouts auth0, keycloak" }),
    );
  });

  test("is what the configuration says, but for formats of one product", () => {
    expect(found([auth0, keycloak], "keycloak")).toBe("keycloak");
    expect(found([keycloak], "plain")).toBeUndefined();
    expect(() => found([], "key-cloak")).toThrow(
      expect.objectContaining({ reason: "layout-setting-unknown" }),
    );
    const columns = [
      "uri",
      "account",
      "issuer",
      "secret",
      "type",
      "algorithm",
      "digits",
      "period",
      "counter",
    ];
    expect(findLayout({ format: "otpauth", columns, records: [] }, { layout: "keycloak" })?.name).toBe(
      "otpauth",
    );
  });
});
