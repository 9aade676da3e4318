import { parseArgs } from "node:util";
import type { OperationRequest, OperationResult } from "#lib/operations/operate.ts";
import { runCommand, say } from "./command.ts";
import { openOperations, placeOptions, placeUsage } from "./operations-client.ts";
import { table } from "./table.ts";

const usage = {
  dead: `npm run dead -- list | redrive [--dry-run] ${placeUsage}`,
  held: `npm run held -- list | release [--source <name>] | discard [--source <name>] ${placeUsage}`,
} as const;

// npm run dead -- …, npm run held -- …: what waits for a person, and what to do about it, here or on a deployed stage.
await runCommand(async () => {
  const { values, positionals } = parseArgs({
    options: { ...placeOptions, "dry-run": { type: "boolean" }, source: { type: "string" } },
    allowPositionals: true,
  });
  const [kind = "", verb = ""] = positionals;
  const request = requestOf(kind, verb, values);
  if (!request) {
    for (const line of Object.values(usage)) say(line);
    return 1;
  }
  const operate = await openOperations(values);
  const results = await operate<OperationResult>(request);
  if (results.length === 0) {
    say(kind === "dead" ? "no dead letters" : "nothing is held");
    return 0;
  }
  const rows = results.map(({ source, id, type, since, attempts, reason, result = "" }) => [
    source,
    id,
    type,
    since,
    String(attempts),
    reason,
    result,
  ]);
  say(table(["source", "event", "type", "since", "tries", "waits because", "result"], rows));
  return 0;
});

function requestOf(
  kind: string,
  verb: string,
  { source, "dry-run": dryRun = false }: { source?: string | undefined; "dry-run"?: boolean | undefined },
): OperationRequest | undefined {
  const of = source === undefined ? {} : { source };
  if ((kind === "dead" || kind === "held") && verb === "list") return { operation: "list", kind };
  if (kind === "dead" && verb === "redrive") return { operation: "redrive", dryRun };
  if (kind === "held" && (verb === "release" || verb === "discard")) return { operation: verb, ...of };
  return undefined;
}
