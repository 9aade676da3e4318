import type { Answer } from "./answer.ts";
import type { AuthingClient } from "./client.ts";
import type { DepartmentDto } from "./organizations.ts";

/** Organizations of one page, the most that Authing gives. */
const pageSize = 50;
/** More organizations than any user pool has. */
const maxOrganizations = 500;

/** An organization of the user pool and all its departments. */
export interface PoolOrganization {
  readonly code: string;
  readonly name: string;
  /** Of the department that is the organization. */
  readonly departmentId?: string;
  readonly departments: readonly DepartmentDto[];
}

/** Reads every organization of the user pool with its departments: one call for fifty organizations, and one for each. */
export async function readOrganizations(
  authing: Pick<AuthingClient, "listOrganizations" | "getAllDepartments">,
): Promise<Answer<readonly PoolOrganization[]>> {
  const found: PoolOrganization[] = [];
  for (let page = 1; found.length < maxOrganizations; page += 1) {
    const listed = await authing.listOrganizations({ page, limit: pageSize });
    if (!listed.ok) return listed;
    for (const { organizationCode: code, organizationName, departmentId } of listed.data.list) {
      const departments = await authing.getAllDepartments({ organizationCode: code });
      if (!departments.ok) return departments;
      found.push({
        code,
        name: organizationName ?? code,
        ...(departmentId !== undefined && { departmentId }),
        departments: departments.data.list,
      });
    }
    const isLast = listed.data.list.length < pageSize || found.length >= (listed.data.totalCount ?? Infinity);
    if (isLast) break;
  }
  return { ok: true, data: found };
}
