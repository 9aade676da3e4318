import type { Trail } from "#lib/contract/change.ts";
import { outcomeText } from "#lib/contract/outcome.ts";
import type { ExplainedEvent } from "#lib/operations/explain.ts";
import type { DeliveredEvent } from "#infra/local/deliveries.ts";
import { adviceOf } from "./advice.ts";

// The words in which `npm run send` says what became of an event. `npm run explain` says more.

/** The lines about one event of a delivery. `found`: `undefined` where it has no outcome yet. */
export function toldEvent(
  { source, id, type, isRepeated }: DeliveredEvent,
  found: ExplainedEvent | undefined,
  waitedSeconds: number,
): string[] {
  const { outcome, parked, externalId, subject, changes = [], trail = {}, dropped = [] } = found ?? {};
  const waits = parked && `${parked.reason}${parked.dueAt === undefined ? "" : `, until ${parked.dueAt}`}`;
  const field = outcome?.field ?? parked?.path;
  const reason = parked?.reason ?? outcome?.reason;
  const advice =
    reason === undefined || isAsWished(found)
      ? []
      : adviceOf({ reason, hint: parked?.hint, source, id }, { language: "en", place: "" });
  const facts: readonly (readonly [name: string, value: string | undefined])[] = [
    ["seen before", isRepeated ? "an earlier delivery brought this event: it is applied once" : undefined],
    [
      "outcome",
      outcome
        ? outcomeText({ ...outcome, field })
        : parked
          ? outcomeText({ kind: parked.kind, reason: waits, field })
          : `none yet after ${waitedSeconds} s: Authing or the source's API may not answer`,
    ],
    ["person", externalId ?? subject],
    ["at Authing", outcome ? changes.join(", ") || "nothing" : undefined],
    ["userId", outcome?.userId],
    ...fieldsByPath(trail).map((line) => ["field", line] as const),
    ...dropped.map(({ path, problem }) => ["dropped", `${path}: ${problem}`] as const),
    ["more", isAsWished(found) ? undefined : `npm run explain -- ${source}/${id}`],
  ];
  const lines = facts.flatMap(([name, value], index) => {
    if (value === undefined || value === "") return [];
    const isSame = facts[index - 1]?.[0] === name;
    return [`    ${(isSame ? "" : name).padEnd(11)}  ${value}`];
  });
  return [`  ${type}  ${source}/${id}`, ...lines, ...advice.map((line) => `  ${line}`)];
}

/** `name, givenName ← first_name`: the fields of Authing that each path of the payload fills. */
function fieldsByPath(trail: Trail): string[] {
  const byPath = Map.groupBy(Object.entries(trail), ([, from]) => from.split(" · ")[0] ?? "");
  return [...byPath].map(([path, fields]) => `${fields.map(([name]) => name).join(", ")} ← ${path}`);
}

/** Whether an event was applied, or waits for the day that it names. */
export function isAsWished(found: ExplainedEvent | undefined): boolean {
  if (found?.outcome) return /^(accepted|already-done|superseded)$/.test(found.outcome.kind);
  return found?.parked?.reason === "date-ahead";
}
