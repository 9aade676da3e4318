import type { Grant, StagePolicy } from "./permissions.ts";

const code = (text: string) => `\`${text}\``;

/** The policies as a table of docs/permissions.md; a test compares both. */
export function permissionsTable(policies: readonly StagePolicy[]): string {
  const rows = policies.flatMap(({ name, grants }) =>
    grants.map((grant) => [code(name), code(grant.sid), actionsOf(grant), resourcesOf(grant), grant.why]),
  );
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const heads = ["policy", "statement", "actions", "on", "for"];
  return [line(heads), line(heads.map(() => "---")), ...rows.map(line)].join("\n");
}

/** `sqs:` CreateQueue, DeleteQueue: the service once. */
function actionsOf({ actions }: Grant): string {
  const byService = Map.groupBy(actions, (action) => action.split(":")[0] ?? "");
  return Array.from(
    byService,
    ([service, names]) => `${code(`${service}:`)} ${names.map((name) => name.split(":")[1]).join(", ")}`,
  ).join("; ");
}

function resourcesOf({ resources, condition }: Grant): string {
  const names = resources.map((resource) =>
    code(
      (typeof resource === "object"
        ? ((resource as { "Fn::Sub"?: string })["Fn::Sub"] ?? "")
        : String(resource)
      )
        .replace("arn:${AWS::Partition}:", "")
        .replace("${AWS::Region}:${AWS::AccountId}:", "")
        .replace(/\$\{AWS::\w+\}:?/, ""),
    ),
  );
  return `${names.join(", ")}${condition === undefined ? "" : " (with a condition)"}`;
}
