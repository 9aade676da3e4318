import {
  isDepartmentsBy,
  type DepartmentFunction,
  type DepartmentMap,
  type DepartmentRule,
  type Membership,
  type Memberships,
} from "#lib/contract/departments.ts";
import { InboundError } from "#lib/contract/errors.ts";
import { normalized } from "./clean-text.ts";
import { type Encoded, encoded, nothing, plainText, refused } from "./encode.ts";
import { isEmpty, type Read } from "./read.ts";

/** Most departments of a person at Authing. */
export const maxDepartments = 50;
/** How many ids of a person are read; no source lists as many departments of one person. */
const maxIds = 1000;

/** What a source says of a person's departments beside their ids; ids are the source's. */
interface Roles {
  readonly leads?: ReadonlySet<string>;
  readonly main?: string | undefined;
}

/**
 * Departments by the rule of the configuration: a map from the source's ids to Authing's, a function, or as they are. What has no
 * department at Authing is dropped, each reported by its place: a foreign id would make Authing refuse the person. Departments beyond the
 * number that Authing takes are dropped too, reported in one entry.
 *
 * @throws InboundError `malformed` `departments-failed` where the function throws, or returns anything but a text or `undefined`.
 */
export function departments(read: Read, configured: DepartmentRule, roles: Roles = {}): Encoded[] {
  const { rule, idOf } = readerOf(configured);
  if (isEmpty(read.value)) return [nothing(read, rule)];
  const told: readonly unknown[] = Array.isArray(read.value) ? read.value : [read.value];
  const ids = told.slice(0, maxIds);
  const known: string[] = [];
  const memberships: Record<string, Membership> = Object.create(null) as Record<string, Membership>;
  const unmapped: Encoded[] = [];
  for (const [index, id] of ids.entries()) {
    const own = plainText(id) ?? "";
    const department = idOf(own);
    if (department !== undefined) {
      known.push(department);
      const membership = {
        ...memberships[department],
        ...(roles.leads?.has(own) && { isLeader: true as const }),
        ...(roles.main === own && { isMainDepartment: true as const }),
      };
      if (Object.keys(membership).length > 0) memberships[department] = membership;
    } else unmapped.push(refused({ ...read, path: `${read.path}[${index}]` }, rule, "department-unmapped"));
  }
  const all = [...new Set(known)];
  const departmentIds = all.slice(0, maxDepartments);
  const said = rolesIn(memberships, departmentIds);
  const isCut = all.length > maxDepartments || told.length > maxIds;
  return [
    departmentIds.length > 0
      ? { ...encoded(read, rule, { departmentIds }), ...(said && { memberships: said }) }
      : nothing(read, rule),
    ...unmapped.slice(0, maxDepartments),
    ...(isCut ? [refused(read, rule, "more-than-50-departments")] : []),
  ];
}

/** That the only department of a person is the main one need not be said. */
function rolesIn(all: Memberships, departmentIds: readonly string[]): Memberships | undefined {
  const isOne = departmentIds.length === 1;
  const roles = departmentIds.flatMap((id): [string, Membership][] => {
    const { isMainDepartment, ...others } = all[id] ?? {};
    const role = { ...others, ...(isMainDepartment && !isOne && { isMainDepartment }) };
    return Object.keys(role).length > 0 ? [[id, role]] : [];
  });
  return roles.length > 0 ? Object.fromEntries(roles) : undefined;
}

function readerOf(configured: DepartmentRule): {
  readonly rule: string;
  readonly idOf: (id: string) => string | undefined;
} {
  if (typeof configured === "function") {
    return { rule: "departments of inbound.config.ts", idOf: (id) => calledWith(configured, id) };
  }
  if (isDepartmentsBy(configured)) {
    return { rule: `department by ${configured.by}`, idOf: (id) => (id === "" ? undefined : id) };
  }
  const map = configured;
  return { rule: "department map", idOf: (id) => (Object.hasOwn(map, id) ? map[id] : undefined) };
}

/** What the function throws may quote its argument, so nothing of it is kept. */
function calledWith(departmentOf: DepartmentFunction, id: string): string | undefined {
  let department: unknown;
  try {
    department = departmentOf(id);
  } catch {
    throw departmentsFailed("it throws: let it return undefined for a department that it does not know");
  }
  if (department === undefined || department === "") return undefined;
  if (typeof department === "string") return department;
  throw departmentsFailed("it has to return a text or undefined, and at once");
}

const departmentsFailed = (hint: string) =>
  new InboundError("malformed", "departments-failed", { path: "inbound.config.ts departments", hint });

/** Between departments, where one cell holds several. */
const separators = /[;；,，\r\n]/;

/**
 * Departments of a file by a configured map: an id, a code, or a path such as `公司/研发/前端`; several in a list, or in one text with
 * semicolons or commas between them. A path is compared without regard to space around its parts and a slash at its ends.
 *
 * @returns the ids, and codes of what is to be told: everything else of the row is brought all the same.
 */
export function departmentsOfFile(
  read: Read,
  map: DepartmentMap,
): {
  readonly ids: readonly string[];
  readonly notes: readonly ("department-unmapped" | "more-than-50-departments")[];
} {
  if (isEmpty(read.value)) return { ids: [], notes: [] };
  const byPath = pathsOf(map);
  const told: readonly unknown[] = Array.isArray(read.value) ? read.value : [read.value];
  const ids = new Set<string>();
  let isUnmapped = false;
  let isCut = told.length > maxIds;
  for (const written of told.slice(0, maxIds)) {
    const text = plainText(written) ?? "";
    // The whole first: a department's name may have a comma.
    const whole = byPath.get(pathOf(text));
    const parts = whole === undefined ? text.split(separators, maxIds + 1) : [text];
    isCut ||= parts.length > maxIds;
    for (const part of parts) {
      const path = pathOf(part);
      const id = byPath.get(path);
      if (id !== undefined) ids.add(id);
      else isUnmapped ||= path !== "" || text === "";
    }
  }
  return {
    ids: [...ids].slice(0, maxDepartments),
    notes: [
      ...(isUnmapped ? ["department-unmapped" as const] : []),
      ...(ids.size > maxDepartments || isCut ? ["more-than-50-departments" as const] : []),
    ],
  };
}

/** The map is one object for all rows of a file. */
const pathsOfMaps = new WeakMap<object, ReadonlyMap<string, string>>();

function pathsOf(map: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const known = pathsOfMaps.get(map);
  if (known) return known;
  const paths = new Map(Object.entries(map).map(([path, id]) => [pathOf(path), id]));
  pathsOfMaps.set(map, paths);
  return paths;
}

const pathOf = (text: string) =>
  normalized(text, "NFKC")
    .split(/[/\\]/)
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .join("/");
