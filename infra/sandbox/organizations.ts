import type { DepartmentIdType } from "#lib/contract/person.ts";
import {
  GetAllDepartmentsReqDto,
  GetDepartmentReqDto,
  ListOrganizationsReqDto,
} from "#lib/authing/organizations.ts";
import * as envelope from "./envelope.ts";
import type { Answer } from "./envelope.ts";
import { operation, type Operation } from "./operation.ts";

/** A department of the sandbox. */
interface SandboxDepartment {
  readonly id: string;
  readonly name: string;
  /** The id of the department above; absent at the top. */
  readonly parent?: string;
  readonly code?: string;
  readonly openDepartmentId?: string;
}

/** An organization of the sandbox; its own department has the code as its id. */
export interface SandboxOrganization {
  readonly code: string;
  readonly name: string;
  readonly departments: readonly SandboxDepartment[];
}

/** Authing's id of a department that is called by an id of this kind; the id itself where the sandbox has no departments. */
export function departmentIdOf(
  organizations: readonly SandboxOrganization[] | undefined,
  id: string,
  type: DepartmentIdType = "department_id",
): string | undefined {
  if (!organizations) return id;
  const calledBy = {
    department_id: (each: SandboxDepartment) => each.id,
    code: (each: SandboxDepartment) => each.code,
    open_department_id: (each: SandboxDepartment) => each.openDepartmentId,
    custom_field: () => undefined,
    sync_relation: () => undefined,
  } as const;
  const isOrganization = type === "department_id" && organizations.some(({ code }) => code === id);
  if (isOrganization) return id;
  return organizations.flatMap(({ departments }) => departments).find((each) => calledBy[type](each) === id)
    ?.id;
}

/** The endpoints of organizations and their departments. */
export function organizationOperations(
  organizations: readonly SandboxOrganization[] | undefined,
): Record<string, Operation> {
  const all = organizations ?? [];
  return {
    "get-department": operation("GET", GetDepartmentReqDto, ({ departmentId, departmentIdType }): Answer => {
      const id = departmentIdOf(organizations, departmentId, departmentIdType);
      return id === undefined ? { refusal: envelope.unknownDepartment } : { data: { departmentId: id } };
    }),
    "list-organizations": operation("GET", ListOrganizationsReqDto, ({ page, limit }): Answer => ({
      data: {
        totalCount: all.length,
        list: all.slice((page - 1) * limit, page * limit).map(({ code, name }) => ({
          organizationCode: code,
          organizationName: name,
          departmentId: code,
        })),
      },
    })),
    "get-all-departments": operation("GET", GetAllDepartmentsReqDto, ({ organizationCode }): Answer => {
      const found = all.find(({ code }) => code === organizationCode);
      if (!found) return { refusal: envelope.unknownDepartment };
      return {
        data: {
          totalCount: found.departments.length,
          list: found.departments.map(({ id, parent, ...department }) => ({
            ...department,
            organizationCode,
            departmentId: id,
            parentDepartmentId: parent ?? organizationCode,
          })),
        },
      };
    }),
  };
}
