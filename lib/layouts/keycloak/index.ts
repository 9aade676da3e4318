import { keycloakHash } from "#lib/fields/hash-forms.ts";
import { isEmpty, type Read } from "#lib/fields/read.ts";
import { note, otherFactors } from "#lib/layouts/choices.ts";
import { foldedHash, noPassword, plainPassword, type PasswordPart } from "#lib/layouts/hashes.ts";
import type { Sample } from "#lib/layouts/layout.ts";
import { factor, has, hasOneOf, names, productLayout, type Part } from "#lib/layouts/product.ts";
import { firstOf, inside, items, present, readFields, saysYes, wordOf } from "#lib/layouts/record.ts";
import type { SecretEncoding } from "#lib/layouts/secrets.ts";

/**
 * Keycloak's export of a realm (https://www.keycloak.org/server/importExport): one realm, several, or `<realm>-users-<n>.json`. Only
 * `kc export` writes secrets; the Admin API leaves them out.
 */
export default productLayout({
  name: "keycloak",
  title: "Keycloak realm export",
  lists: ["users", "[].users"],
  hides: ["secretData", "value", "hashedSaltedValue"],
  shows: ["credentialData", "hashIterations", "hashLength", "secretEncoding"],
  recognizes,
  json: ["credentials"],
  knows: names(
    "id username email emailVerified enabled firstName lastName groups requiredActions",
    "credentials serviceAccountClientId",
    // What only Keycloak needs.
    "createdTimestamp totp disableableCredentialTypes notBefore access origin self",
  ),
  person: (record) => {
    if (isOfProgram(record)) return undefined;
    const credentials = items(inside(record, "credentials"));
    const password = passwordOf(credentials);
    return {
      fields: {
        ...readFields(record, {
          externalId: "id",
          username: "username",
          email: "email",
          emailVerified: "emailVerified",
          givenName: "firstName",
          familyName: "lastName",
          accountEnabled: "enabled",
          departments: "groups",
        }),
        ...attributesOf(record),
        ...password.fields,
        ...present({ resetPasswordOnFirstLogin: resetOf(record, credentials) }),
      },
      problems: password.problems,
      notes: [
        ...credentials.filter(isOfRecovery).map((each) => note("recovery-codes-unreadable", each)),
        ...otherFactors(credentials.filter((each) => typeOf(each).startsWith("webauthn"))),
      ],
    };
  },
  factors: (record) =>
    (isOfProgram(record) ? [] : items(inside(record, "credentials")))
      .filter((each) => ["otp", "totp", "hotp"].includes(typeOf(each)))
      // Keycloak asks for the credential of the lowest priority first.
      .toSorted(
        (one, other) =>
          numberAt(one, "priority", Infinity) - numberAt(other, "priority", Infinity) ||
          numberAt(other, "createdDate", 0) - numberAt(one, "createdDate", 0) ||
          0,
      )
      .map((each) => (typeOf(each) === "otp" ? otpOf(each) : legacyOtpOf(each))),
});

function recognizes(sample: Sample): boolean {
  if (!has(sample, "username")) return false;
  if (
    hasOneOf(
      sample,
      "disableableCredentialTypes",
      "realmRoles",
      "clientRoles",
      "requiredActions",
      "serviceAccountClientId",
    )
  ) {
    return true;
  }
  const isOfRealm = sample.list === "users" || sample.list === "[].users";
  return isOfRealm && (has(sample, "createdTimestamp") || Array.isArray(sample.values?.["credentials"]));
}

const isOfProgram = (record: Read) => !isEmpty(inside(record, "serviceAccountClientId").value);
const typeOf = (credential: Read) => wordOf(inside(credential, "type"));
const isOfRecovery = (credential: Read) => typeOf(credential) === "recovery-authn-codes";

function numberAt(credential: Read, name: string, otherwise: number): number {
  const { value } = inside(credential, name);
  return typeof value === "number" ? value : otherwise;
}

/** Attributes with the names of Keycloak's own mappers for OpenID Connect. Others are for `columns` of the configuration: `attributes.costCenter[0]`. */
function attributesOf(record: Read) {
  const attribute = (...names: readonly string[]) =>
    firstOf(record, ...names.flatMap((name) => [`attributes.${name}[0]`, `attributes.${name}`]));
  const text = (read: Read) => (typeof read.value === "object" ? undefined : read);
  return present({
    phone: text(attribute("phoneNumber", "phone", "mobile")),
    phoneVerified: text(attribute("phoneNumberVerified")),
    nickname: text(attribute("nickname")),
    gender: text(attribute("gender")),
    birthdate: text(attribute("birthdate")),
    photo: text(attribute("picture")),
    website: text(attribute("website")),
    locale: text(attribute("locale")),
    zoneinfo: text(attribute("zoneinfo")),
  });
}

function passwordOf(credentials: readonly Read[]): PasswordPart {
  const credential = credentials.find((each) => typeOf(each) === "password");
  if (credential === undefined) return noPassword;
  // Realms that are written by hand hold plain passwords.
  const plain = inside(credential, "value");
  if (!isEmpty(plain.value)) return plainPassword(plain);
  const legacy = inside(credential, "hashedSaltedValue");
  if (!isEmpty(legacy.value)) {
    return foldedHash(
      legacy,
      keycloakHash({ value: legacy.value, salt: inside(credential, "salt").value }, credential.value),
      legacy,
      inside(credential, "salt"),
    );
  }
  const hash = inside(credential, "secretData.value");
  if (isEmpty(hash.value)) return noPassword;
  const [secretData, credentialData] = [
    inside(credential, "secretData"),
    inside(credential, "credentialData"),
  ];
  return foldedHash(
    hash,
    keycloakHash(secretData.value, credentialData.value),
    hash,
    secretData,
    credentialData,
  );
}

/** A yes where the person has to choose a password at the next login. */
function resetOf(record: Read, credentials: readonly Read[]): Read | undefined {
  const action = items(inside(record, "requiredActions")).find(({ value }) => value === "UPDATE_PASSWORD");
  if (action !== undefined) return { value: true, path: action.path };
  const temporary = credentials.map((each) => inside(each, "temporary")).find(saysYes);
  return temporary;
}

/** An authenticator of Keycloak 8 and later: two JSON texts. */
function otpOf(credential: Read): Part {
  const data = inside(credential, "credentialData");
  const secret = inside(credential, "secretData.value");
  const part = factor(
    {
      secret,
      ...readFields(data, {
        type: "subType",
        algorithm: "algorithm",
        digits: "digits",
        period: "period",
        counter: "counter",
      }),
    },
    { encoding: encodingOf(inside(data, "secretEncoding")) },
  );
  // Without it nothing says how codes are made, and whether the secret is base32.
  const isReadable = wordOf(inside(data, "subType")) !== "";
  return isReadable ? part : { ...part, problems: [note("secret-settings-missing", data)] };
}

/** Without `secretEncoding` the key is the text itself (keycloak/keycloak#21117). */
function encodingOf(encoding: Read): SecretEncoding {
  if (isEmpty(encoding.value)) return "text";
  return wordOf(encoding) === "base32" ? "base32" : "unknown";
}

/** An authenticator of Keycloak before 8: its settings are beside the secret, which is text. */
function legacyOtpOf(credential: Read): Part {
  return factor(
    readFields(credential, {
      secret: ["hashedSaltedValue", "value", "secretData.value"],
      type: "type",
      algorithm: "algorithm",
      digits: "digits",
      period: "period",
      counter: "counter",
    }),
    { encoding: "text" },
  );
}
