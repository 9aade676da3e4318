import { normalizedName } from "#lib/layouts/columns.ts";
import { tableLayout } from "#lib/layouts/table.ts";

const blockSignIn = "blocksignin";

/**
 * Microsoft Entra ID: the template of "Bulk create", whose columns hold the name of the attribute in brackets
 * (https://learn.microsoft.com/en-us/entra/identity/users/users-bulk-add), and the file of "Download users".
 */
export default tableLayout({
  name: "entra",
  title: "Microsoft Entra ID users",
  recognizedBy: [
    ["displayName", "userPrincipalName", "passwordProfile"],
    ["displayName", "userPrincipalName", "objectId"],
    ["displayName", "userPrincipalName", "userType"],
    ["displayName", "userPrincipalName", "accountEnabled"],
  ],
  header: [
    "Name [displayName] Required",
    "User name [userPrincipalName] Required",
    "Initial password [passwordProfile] Required",
    "First name [givenName]",
    "Last name [surname]",
  ],
  nameOf: attributeOf,
  person: {
    externalId: ["objectId", "id", "employeeId"],
    username: "userPrincipalName",
    email: "mail",
    name: "displayName",
    familyName: "surname",
    givenName: "givenName",
    password: "passwordProfile",
    accountEnabled: "accountEnabled",
    accountDisabled: blockSignIn,
    phone: ["mobile", "mobilePhone"],
    departments: "department",
    company: "companyName",
    country: "country",
    province: "state",
    city: "city",
    streetAddress: "streetAddress",
    postalCode: "postalCode",
  },
  // The third line of the template may be an example: `Example: chris@contoso.com`.
  skips: (cell) => {
    const { value } = cell("userPrincipalName");
    return typeof value === "string" && /^\s*example:/i.test(value);
  },
});

/**
 * The attribute in brackets, which is the same in the templates of all languages; of other columns, the name. The column "Block sign in
 * (Yes/No) [accountEnabled]" says the opposite of its attribute.
 */
function attributeOf(column: string): string {
  const attribute = /\[([A-Za-z]{1,64})\]/.exec(column)?.[1]?.toLowerCase();
  return attribute === "accountenabled" ? blockSignIn : (attribute ?? normalizedName(column));
}
