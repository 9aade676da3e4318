import type { DepartmentIdType } from "./person.ts";

// Departments of a source, and what they are at Authing.

/** A department as a source knows it. */
export interface ListedDepartment {
  /** As `departments` of the configuration and the payloads of people name it. */
  readonly id: string;
  /** Empty for the company itself, where the API lists it without a name. */
  readonly name: string;
  /** The id of the department above; absent at the top. */
  readonly parent?: string;
}

/** A page of the departments of a source. An entry that cannot be read is an error, since its people would be missing. */
export interface DepartmentPage {
  readonly departments: readonly ListedDepartment[];
  /** Where the next page begins; absent on the last one. */
  readonly next?: string;
}

/** What a person is in a department, beside being in it. */
export interface Membership {
  readonly isLeader?: true;
  readonly isMainDepartment?: true;
}

/** By the department, as `departmentIds` of the person names it; those in which a person is no more than a member are not here. */
export type Memberships = Readonly<Record<string, Membership>>;

/** The source's departments → ids of departments at Authing. Departments that are not here are dropped, and reported. */
export type DepartmentMap = Readonly<Record<string, string>>;

/** The source's ids of departments go to Authing as they are, as ids of this kind. */
export interface DepartmentsBy {
  readonly by: Exclude<DepartmentIdType, "department_id">;
}

/** A department of the source → an id of a department at Authing; `undefined` drops it. Pure and synchronous. */
export type DepartmentFunction = (department: string) => string | undefined;

export type DepartmentRule = DepartmentMap | DepartmentsBy | DepartmentFunction;

const kinds: ReadonlySet<string> = new Set<DepartmentsBy["by"]>([
  "open_department_id",
  "sync_relation",
  "custom_field",
  "code",
]);

/** Whether a rule passes ids on: `{ by: "code" }`. A map has ids of departments at Authing, which are no such words. */
export function isDepartmentsBy(rule: DepartmentRule): rule is DepartmentsBy {
  return (
    typeof rule === "object" && Object.keys(rule).length === 1 && "by" in rule && kinds.has(rule.by as string)
  );
}
