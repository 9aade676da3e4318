import { isDepartmentsBy, type DepartmentMap } from "#lib/contract/departments.ts";
import type { BothDepartments } from "#lib/rosters/departments.ts";
import { form, runCommand, say } from "./command.ts";
import { loadConfig } from "./config.ts";
import { matchDepartments, type MatchedDepartments } from "./department-map.ts";
import { openOperations, placeOptions } from "./operations-client.ts";
import { table } from "./table.ts";

// npm run departments -- <source> [--stage <stage>]: the departments of a source beside those at Authing, and a map for
// inbound.config.ts. Reads only.
const departments = form(["<source>"], { json: "", ...placeOptions }, async ({ words, options }) => {
  const [source = ""] = words;
  const operate = await openOperations(options);
  const both = await operate<BothDepartments>({ operation: "departments", source });
  if (!both.source) {
    say(
      `the API of ${source} lists no departments: write the map by hand, as its README says`,
      process.stderr,
    );
    return 1;
  }
  const rule = (await loadConfig()).sources[source]?.departments;
  const configured = typeof rule === "object" && !isDepartmentsBy(rule) ? rule : {};
  const matched = matchDepartments(both, configured);
  const map = mapOf(matched);
  if (options.json) {
    say(JSON.stringify({ ...matched, departments: map }, undefined, 2));
    return 0;
  }
  say(textOf(source, both, matched));
  say(`\nfor sources.${source} in inbound.config.ts:\n\n${codeOf(matched)}`);
  return 0;
});

const mapOf = ({ tree }: MatchedDepartments): DepartmentMap =>
  Object.fromEntries(tree.flatMap(({ id, match }) => (match ? [[id, match.id]] : [])));

function textOf(source: string, { organizations }: BothDepartments, matched: MatchedDepartments): string {
  const rows = matched.tree.map(({ id, name, depth, match, candidates }) => [
    `${"  ".repeat(depth)}${shown(name) || "(the company)"}`,
    id,
    match ? shown(match.path) : "—",
    match ? match.id : candidates === undefined ? "missing" : `${candidates} have this name`,
    match?.by ?? "",
  ]);
  const missing = matched.tree.filter(({ match }) => !match).length;
  const head = organizations.map(({ name }) => shown(name)).join(", ") || "no organization";
  return [
    `${matched.tree.length} departments of ${source}; at Authing: ${head}`,
    "",
    table(["AT THE SOURCE", "ID", "AT AUTHING", "ID", "BY"], rows),
    "",
    ...(missing > 0 ? [`${missing} have no department at Authing: people keep their other departments`] : []),
    ...matched.onlyAtAuthing.map(({ id, path }) => `only at Authing: ${shown(path)} (${id})`),
    ...matched.unknown.map((id) => `in the configuration, and not at Authing: ${id}`),
  ].join("\n");
}

/** The map as it stands in the configuration; who reads it sees the names. */
function codeOf({ tree }: MatchedDepartments): string {
  const lines = tree.flatMap(({ id, name, match }) =>
    match ? [`  ${JSON.stringify(id)}: ${JSON.stringify(match.id)}, // ${shown(name || match.path)}`] : [],
  );
  return ["departments: {", ...lines, "},"].join("\n");
}

/** A name in one line, without what moves a terminal's cursor. */
const shown = (name: string): string => name.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ");

await runCommand("departments", departments);
