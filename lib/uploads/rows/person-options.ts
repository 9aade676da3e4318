import type { CreateUserInfoDto, CreateUserOptionsDto } from "#lib/contract/person.ts";
import { DepartmentIdType, PasswordEncryptType } from "#lib/contract/person.ts";
import { plainWord, yesOrNo } from "#lib/fields/encode.ts";
import { isEmpty, type Read } from "#lib/fields/read.ts";
import type { RowProblem } from "#lib/formats/format.ts";
import type { PersonField } from "#lib/layouts/column-names.ts";
import type { MendingReader } from "./mending-reader.ts";

/** Options of a batch, or why a row cannot be sent with them. */
export interface Options {
  readonly options: CreateUserOptionsDto;
  readonly problems: readonly RowProblem[];
}

export const noOptions: Options = { options: {}, problems: [] };

/** Options of the batch that the row must be sent in. The older generation of Authing's API has them at each person. */
export function optionsOf(read: MendingReader<PersonField>["read"], isHash: boolean): Options {
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

/** Departments of a row: what says of which kind their ids are. */
interface DepartmentIds {
  /** What the row says; absent: nothing. */
  readonly read: Read | undefined;
  /** The type of the ids that the configuration maps to, where there are any. */
  readonly ofMapped: DepartmentIdType | undefined;
  /** Whether the row has ids of its own. */
  readonly hasOwn: boolean;
  readonly configured: DepartmentIdType | undefined;
}

/** With the type of the ids of departments: the row says it of its own `departmentIds`, the configuration of those that it maps to. */
export function withIdType(
  { options, problems }: Options,
  { departmentIds }: CreateUserInfoDto,
  ids: DepartmentIds,
): Options {
  if (departmentIds === undefined) return { options, problems };
  const { type, problem } = idTypeOf(ids);
  return {
    options:
      departmentIds.length > 0 && type !== undefined ? { ...options, departmentIdType: type } : options,
    problems: problem ? [...problems, problem] : problems,
  };
}

function idTypeOf({ read, ofMapped, hasOwn, configured }: DepartmentIds): {
  readonly type: DepartmentIdType | undefined;
  readonly problem?: RowProblem;
} {
  if (read === undefined || isEmpty(read.value) || !hasOwn) return { type: configured };
  const type = DepartmentIdType.options.find((each) => each === plainWord(read.value));
  const refused = (code: "department-id-type-unknown" | "department-id-types-differ") => ({
    type,
    problem: { column: read.path, code },
  });
  if (type === undefined) return refused("department-id-type-unknown");
  return ofMapped !== undefined && ofMapped !== type ? refused("department-id-types-differ") : { type };
}
