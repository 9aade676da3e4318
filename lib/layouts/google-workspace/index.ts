import { isEmpty } from "#lib/fields/read.ts";
import { tableLayout } from "#lib/layouts/table.ts";

const password = "Password [Required]";
const hashFunction = "Password Hash Function [UPLOAD ONLY]";

/**
 * Google Workspace: the template by which the admin console adds and updates people, and the file that it downloads
 * (https://support.google.com/a/answer/40057). A downloaded file has `****` for every password.
 */
export default tableLayout({
  name: "google-workspace",
  title: "Google Workspace users",
  shows: [hashFunction],
  recognizedBy: [
    ["First Name [Required]", "Last Name [Required]", "Email Address [Required]", "Org Unit Path [Required]"],
  ],
  person: {
    externalId: "Employee ID",
    email: ["New Primary Email [UPLOAD ONLY]", "Email Address [Required]"],
    familyName: "Last Name [Required]",
    givenName: "First Name [Required]",
    password: {
      from: password,
      as: (value, cell) => {
        const isHash = !isEmpty(cell(hashFunction).value);
        return isHash || isMask(value) ? undefined : value;
      },
    },
    resetPasswordOnFirstLogin: "Change Password at Next Sign-In",
    phone: "Mobile Phone",
    address: "Work Address",
    departments: {
      from: "Org Unit Path [Required]",
      // The root of the organization says nothing of a person.
      as: (value, cell) =>
        typeof value === "string" && value.trim() === "/" ? cell("Department").value : value,
    },
    status: ["New Status [UPLOAD ONLY]", "Status [READ ONLY]"],
  },
  ignores: [
    hashFunction,
    "Department",
    "Last Sign In [READ ONLY]",
    "Email Usage [READ ONLY]",
    "Drive Usage [READ ONLY]",
  ],
  // Google takes MD5 and SHA-1 without a salt, and crypt: a copy of the file would give the passwords away.
  problems: (cell) => {
    const column = cell(hashFunction);
    const { value } = cell(password);
    return isEmpty(column.value) || isEmpty(value) || isMask(value)
      ? []
      : [{ column: column.path, code: "password-hash-weak" }];
  },
});

function isMask(value: unknown): boolean {
  return typeof value === "string" && /^\s*\*+\s*$/.test(value);
}
