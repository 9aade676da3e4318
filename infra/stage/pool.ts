import type { AuthingClient } from "#lib/authing/client.ts";
import type { Failure } from "#lib/authing/failures.ts";
import { readOrganizations } from "#lib/authing/read-organizations.ts";
import type { Config } from "#lib/config.ts";
import { isDepartmentsBy } from "#lib/contract/departments.ts";
import { attention, fine, wrong, type Finding } from "./finding.ts";

// Whether the user pool has what the configuration names: custom fields and departments. An event that brings an unknown one waits, or
// is rejected, on the day on which it comes. Reads only.

/** Names that are told one by one. */
const toldNames = 10;
const customField = "customData.";

/** Checks the custom fields and departments of the configuration, and by that the key's rights to read them. */
export async function checkPool(
  client: Pick<AuthingClient, "getCustomFields" | "listOrganizations" | "getAllDepartments">,
  config: Pick<Config, "sources" | "uploads">,
): Promise<Finding[]> {
  return [...(await checkCustomFields(client, config)), ...(await checkDepartments(client, config))];
}

/** Custom field of the pool, or department at Authing → the setting that names it. */
type Named = ReadonlyMap<string, string>;

async function checkCustomFields(
  client: Pick<AuthingClient, "getCustomFields">,
  { sources, uploads }: Pick<Config, "sources" | "uploads">,
): Promise<Finding[]> {
  const named: Named = new Map([
    ...Object.values(uploads.columns)
      .filter((field) => field.startsWith(customField))
      .map((field) => [field.slice(customField.length), "uploads.columns"] as const),
    ...Object.entries(sources).flatMap(([name, { customData }]) =>
      Object.keys(customData).map((key) => [key, `sources.${name}.customData`] as const),
    ),
  ]);
  if (named.size === 0) return [];
  const answer = await client.getCustomFields({ targetType: "USER" });
  if (!answer.ok) return [unread("custom fields", answer.failure)];
  const known = new Set(answer.data.map(({ key }) => key));
  return missing("custom field", named, known, "make it in Authing's console, or correct the setting");
}

async function checkDepartments(
  client: Pick<AuthingClient, "listOrganizations" | "getAllDepartments">,
  { sources, uploads }: Pick<Config, "sources" | "uploads">,
): Promise<Finding[]> {
  const ofFiles = uploads.departmentIdType === undefined ? Object.values(uploads.departments) : [];
  const named: Named = new Map([
    ...ofFiles.map((id) => [id, "uploads.departments"] as const),
    ...Object.entries(sources).flatMap(([name, { departments }]) =>
      typeof departments === "function" || isDepartmentsBy(departments)
        ? []
        : Object.values(departments).map((id) => [id, `sources.${name}.departments`] as const),
    ),
  ]);
  if (named.size === 0) return [];
  const answer = await readOrganizations(client);
  if (!answer.ok) return [unread("departments", answer.failure)];
  const known = new Set(
    answer.data.flatMap(({ departmentId, departments }) => [
      ...(departmentId === undefined ? [] : [departmentId]),
      ...departments.map((each) => each.departmentId),
    ]),
  );
  return missing("department", named, known, "npm run departments -- <source> prints a map that fits");
}

function missing(what: string, named: Named, known: ReadonlySet<string>, next: string): Finding[] {
  const unknown = [...named].filter(([name]) => !known.has(name));
  const told = unknown.slice(0, toldNames).map(([name, setting]) => `${name} (${setting})`);
  const more = unknown.length > told.length ? ` and ${unknown.length - told.length} more` : "";
  return unknown.length === 0
    ? [fine(`${what}s: the pool has all ${named.size} that the configuration names`)]
    : [wrong(`${what}s that the pool does not have: ${told.join(", ")}${more}`, next)];
}

/** Not being let read them breaks nothing by itself: what is written there is refused by its own rights. */
function unread(what: string, { kind, requestId }: Failure): Finding {
  const told = requestId === undefined ? kind : `${kind}, request ${requestId}`;
  return attention(
    `${what}: were not checked (${told})`,
    "let the access key read custom fields and organizations of this pool",
  );
}
