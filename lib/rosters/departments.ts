import * as z from "zod/mini";
import { readOrganizations } from "#lib/authing/read-organizations.ts";
import type { ListedDepartment } from "#lib/contract/departments.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { ApplyPorts } from "#lib/pipeline/applying.ts";
import { readDepartments } from "#lib/source-apis/read-pages.ts";
import { openList } from "./read-step.ts";

/** The departments of a source beside those at Authing: `{"operation": "departments", "source": "feishu"}`. Reads only. */
export const DepartmentsRequest = z.strictObject({
  operation: z.literal("departments"),
  source: z.string().check(z.minLength(1), z.maxLength(200)),
});
export type DepartmentsRequest = z.infer<typeof DepartmentsRequest>;

/** A department at Authing. */
interface PoolDepartment {
  readonly id: string;
  readonly name: string;
  /** The id of the department above; absent at the top of its organization. */
  readonly parent?: string;
  readonly code?: string;
}

/** Both sides, as they are now. */
export interface BothDepartments {
  /** `undefined`: the source's API does not list departments. */
  readonly source: readonly ListedDepartment[] | undefined;
  readonly organizations: readonly {
    readonly code: string;
    readonly name: string;
    /** Of the department that is the organization. */
    readonly departmentId?: string;
    readonly departments: readonly PoolDepartment[];
  }[];
}

/** More departments than an operator can map by hand, and than an answer of the operations function holds. */
const maxDepartments = 20_000;

/**
 * @throws InboundError the failures of the source; `misconfigured` `source-without-list`; `unavailable` or `misconfigured` with what Authing
 *   refuses; `oversized` `departments-too-many`.
 */
export async function bothDepartments(
  { source }: DepartmentsRequest,
  ports: ApplyPorts,
  { deadline }: { readonly deadline: number },
): Promise<BothDepartments> {
  const { list, api } = await openList(source, { ...ports, deadline, requests: { source: 0, authing: 0 } });
  const departments = await readDepartments(list, api);
  if (!departments) return { source: undefined, organizations: [] };
  const pool = await readOrganizations(ports.authing);
  if (!pool.ok) {
    const { kind, scope } = pool.failure;
    throw new InboundError(scope === "run" ? "misconfigured" : "unavailable", kind, {
      path: "organizations at Authing",
      hint: "the access key needs the right to read organizations and departments",
    });
  }
  const organizations = pool.data.map(({ code, name, departmentId: top, departments: all }) => ({
    code,
    name,
    ...(top !== undefined && { departmentId: top }),
    departments: all.map(
      ({ departmentId: id, name: called, parentDepartmentId: parent, code: departmentCode }) => ({
        id,
        name: called ?? "",
        ...(parent !== undefined && parent !== "root" && parent !== top && { parent }),
        ...(departmentCode !== undefined && { code: departmentCode }),
      }),
    ),
  }));
  const count = organizations.reduce((sum, each) => sum + each.departments.length, departments.length);
  if (count > maxDepartments) throw new InboundError("oversized", "departments-too-many");
  return { source: departments, organizations };
}
