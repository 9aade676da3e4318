import type { CreateUserOptionsDto } from "#lib/contract/person.ts";
import { DepartmentIdType, PasswordEncryptType } from "#lib/contract/person.ts";
import { plainWord, yesOrNo } from "#lib/fields/encode.ts";
import { isEmpty, type Read } from "#lib/fields/read.ts";
import type { RowProblem } from "#lib/formats/format.ts";
import type { PersonField } from "#lib/layouts/column-names.ts";
import type { MendingReader } from "./mending-reader.ts";

/** Options of the batch that the row must be sent in. The older generation of Authing's API has them at each person. */
export function optionsOf(
  read: MendingReader<PersonField>["read"],
  isHash: boolean,
): { options: CreateUserOptionsDto; problems: RowProblem[] } {
  const problems: RowProblem[] = [];
  const encryption = read("passwordEncryptType", "text");
  const encryptType = PasswordEncryptType.options.find((type) => type === plainWord(encryption.value));
  if (!isEmpty(encryption.value) && encryptType === undefined) {
    problems.push({ column: encryption.path, code: "password-encrypt-type-unknown" });
  }
  if (isHash && encryptType !== undefined && encryptType !== "none") {
    problems.push({ column: encryption.path, code: "password-hash-encrypted" });
  }
  const reset = read("resetPasswordOnFirstLogin", "text");
  const resets = isEmpty(reset.value) ? false : yesOrNo(reset.value);
  if (resets === undefined) problems.push({ column: reset.path, code: "flag-unknown" });
  return {
    options: {
      ...(isHash && { keepPassword: true }),
      ...(encryptType !== undefined && encryptType !== "none" && { passwordEncryptType: encryptType }),
      ...(resets === true && { resetPasswordOnFirstLogin: true }),
    },
    problems,
  };
}

/** What the ids of departments are: the row says it of its own `departmentIds`, the configuration of those that it maps to. */
export function departmentIdTypeOf(
  read: Read,
  {
    ofMapped,
    hasOwn,
    configured,
  }: { ofMapped: DepartmentIdType | undefined; hasOwn: boolean; configured: DepartmentIdType | undefined },
): { type: DepartmentIdType | undefined; problems: RowProblem[] } {
  if (isEmpty(read.value) || !hasOwn) return { type: configured, problems: [] };
  const type = DepartmentIdType.options.find((each) => each === plainWord(read.value));
  const refused = (code: "department-id-type-unknown" | "department-id-types-differ") => ({
    type,
    problems: [{ column: read.path, code }],
  });
  if (type === undefined) return refused("department-id-type-unknown");
  if (ofMapped !== undefined && ofMapped !== type) return refused("department-id-types-differ");
  return { type, problems: [] };
}
