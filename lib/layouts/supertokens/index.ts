import { isEmpty, type Read } from "#lib/fields/read.ts";
import { note, otherEmails, otherPhones } from "#lib/layouts/choices.ts";
import { hasOneOf, names, productLayout } from "#lib/layouts/product.ts";
import { inside, items, present, readFields, saysYes, wordOf } from "#lib/layouts/record.ts";

/** Users as SuperTokens imports them in bulk (https://supertokens.com/docs/migration/account-migration). */
export default productLayout({
  name: "supertokens",
  title: "SuperTokens bulk import",
  lists: ["users", "[]"],
  shows: ["hashingAlgorithm"],
  recognizes: (sample) => hasOneOf(sample, "loginMethods", "totpDevices"),
  knows: names(
    "externalUserId id userMetadata loginMethods",
    // What only SuperTokens needs.
    "userRoles tenantIds timeJoined isPrimaryUser",
  ),
  person: (record) => {
    // The primary method first.
    const methods = items(inside(record, "loginMethods")).toSorted(
      (one, other) => Number(isPrimary(other)) - Number(isPrimary(one)),
    );
    const emails = filled(methods, "email");
    const phones = filled(methods, "phoneNumber");
    return {
      fields: present({
        ...readFields(record, {
          externalId: ["externalUserId", "id"],
          givenName: "userMetadata.first_name",
          familyName: "userMetadata.last_name",
        }),
        email: emails[0]?.read,
        emailVerified: emails[0] && inside(emails[0].method, "isVerified"),
        phone: phones[0]?.read,
        phoneVerified: phones[0] && inside(phones[0].method, "isVerified"),
        ...passwordOf(methods),
      }),
      notes: [
        ...otherEmails(
          emails.map(({ read }) => read),
          emails[0]?.read,
        ),
        ...otherPhones(
          phones.map(({ read }) => read),
          phones[0]?.read,
        ),
        ...methods
          .filter(isOfFirebase)
          .map((each) => note("password-hash-needs-project-key", inside(each, "passwordHash"))),
      ],
    };
  },
  factors: { at: "totpDevices[]", fields: { secret: "secretKey", period: "period" } },
});

const isPrimary = (method: Read) => saysYes(inside(method, "isPrimary"));
const isOfFirebase = (method: Read) => wordOf(inside(method, "hashingAlgorithm")) === "firebase_scrypt";

const filled = (methods: readonly Read[], name: string) =>
  methods
    .map((method) => ({ method, read: inside(method, name) }))
    .filter(({ read }) => !isEmpty(read.value));

function passwordOf(methods: readonly Read[]): Readonly<Record<string, Read | undefined>> {
  const plain = filled(methods, "plainTextPassword")[0]?.read;
  if (plain !== undefined) return { password: plain };
  return { passwordHash: filled(methods, "passwordHash").find(({ method }) => !isOfFirebase(method))?.read };
}
