import { parseArgs } from "node:util";
import type { OperationRequest, OperationResult } from "#lib/operations/operations.ts";
import { runCommand, say } from "./command.ts";
import { localSettings } from "./settings.ts";
import { table } from "./table.ts";

const usage = {
  dead: "npm run dead -- list | redrive [--dry-run] [--url http://localhost:3000]",
  held: "npm run held -- list | release [--source <name>] | discard [--source <name>]",
} as const;

// npm run dead -- …, npm run held -- …: what waits for a person, and what to do about it.
await runCommand(async () => {
  const { values, positionals } = parseArgs({
    options: { "dry-run": { type: "boolean" }, source: { type: "string" }, url: { type: "string" } },
    allowPositionals: true,
  });
  const [kind = "", verb = ""] = positionals;
  const request = requestOf(kind, verb, values);
  if (!request) {
    for (const line of Object.values(usage)) say(line);
    return 1;
  }
  const url = values.url ?? `http://localhost:${localSettings().port}`;
  const answer = await fetch(`${url}/operations`, { method: "POST", body: JSON.stringify(request) }).catch(
    () => {
      say(`nobody answers at ${url}: run npm start first`, process.stderr);
    },
  );
  if (!answer?.ok) return 1;
  const results = (await answer.json()) as OperationResult[];
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
