import { type Encoded, encoded, nothing, plainText, refused } from "./encode.ts";
import { isEmpty, type Read } from "./read.ts";

/** Most departments of a person at Authing. */
const maxDepartments = 50;
/** How many ids of a person are read; no source lists as many departments of one person. */
const maxIds = 1000;

/**
 * Departments by a configured map from the source's ids to Authing's. What the map does not list is dropped, each reported by
 * its place: a foreign id would make Authing refuse the person. Departments beyond the number that
 * Authing takes are dropped too, reported in one entry.
 */
export function departments(read: Read, map: Readonly<Record<string, string>>): Encoded[] {
  const rule = "department map";
  if (isEmpty(read.value)) return [nothing(read, rule)];
  const told: readonly unknown[] = Array.isArray(read.value) ? read.value : [read.value];
  const ids = told.slice(0, maxIds);
  const known: string[] = [];
  const unmapped: Encoded[] = [];
  for (const [index, id] of ids.entries()) {
    const key = plainText(id) ?? "";
    const department = Object.hasOwn(map, key) ? map[key] : undefined;
    if (department !== undefined) known.push(department);
    else unmapped.push(refused({ ...read, path: `${read.path}[${index}]` }, rule, "department-unmapped"));
  }
  const all = [...new Set(known)];
  const departmentIds = all.slice(0, maxDepartments);
  const isCut = all.length > maxDepartments || told.length > maxIds;
  return [
    departmentIds.length > 0 ? encoded(read, rule, { departmentIds }) : nothing(read, rule),
    ...unmapped.slice(0, maxDepartments),
    ...(isCut ? [refused(read, rule, "more-than-50-departments")] : []),
  ];
}
