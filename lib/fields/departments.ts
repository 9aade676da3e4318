import { type Encoded, encoded, nothing, plainText, refused } from "./encode.ts";
import { isEmpty, type Read } from "./read.ts";

/** More departments than a person is in. */
const maxDepartments = 50;

/**
 * Departments by a configured map from the source's ids to Authing's. What the map does not list is dropped, each told of by
 * its place: a foreign id would make Authing refuse the person.
 */
export function departments(read: Read, map: Readonly<Record<string, string>>): Encoded[] {
  const rule = "department map";
  if (isEmpty(read.value)) return [nothing(read, rule)];
  const ids = (Array.isArray(read.value) ? read.value : [read.value]).slice(0, maxDepartments);
  const known: string[] = [];
  const unmapped: Encoded[] = [];
  for (const [index, id] of ids.entries()) {
    const key = plainText(id) ?? "";
    const department = Object.hasOwn(map, key) ? map[key] : undefined;
    if (department !== undefined) known.push(department);
    else unmapped.push(refused({ ...read, path: `${read.path}[${index}]` }, rule, "department-unmapped"));
  }
  const departmentIds = [...new Set(known)];
  return [
    departmentIds.length > 0 ? encoded(read, rule, { departmentIds }) : nothing(read, rule),
    ...unmapped,
  ];
}
