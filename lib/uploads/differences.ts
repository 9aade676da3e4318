import type { FollowedPreview } from "./import-plan.ts";
import { addCounts, type OutcomeCounts, type RowCounts } from "./row-results.ts";

/** A number that a preview foretold, and what it became. */
interface Difference {
  readonly foretold: number;
  readonly became: number;
}

/** What came out otherwise than a preview had foretold. */
export interface Differences {
  /** E.g. `people.accepted`. */
  readonly counts: Readonly<Record<string, Difference>>;
  /** Code of a reason → for how many entries. */
  readonly reasons: Readonly<Record<string, Difference>>;
  /** `authing-changed-since-preview`: accounts at Authing were made, changed or closed in between. */
  readonly why: "authing-changed-since-preview";
}

/** Compares an import with the preview that it has carried out; `undefined` where everything came as foretold. */
export function differencesFrom(
  preview: FollowedPreview,
  { people, secrets }: RowCounts,
  reasons: Readonly<Record<string, number>>,
): Differences | undefined {
  const named = (name: string, counts: OutcomeCounts) =>
    Object.fromEntries(Object.entries(counts).map(([key, count]) => [`${name}.${key}`, count as number]));
  const counts = differing(
    { ...named("people", preview.people), ...named("secrets", preview.secrets) },
    { ...named("people", people), ...named("secrets", secrets) },
  );
  const changed = differing(byCode(preview.reasons), byCode(reasons));
  if (Object.keys({ ...counts, ...changed }).length === 0) return undefined;
  return { counts, reasons: changed, why: "authing-changed-since-preview" };
}

/** Reasons without their columns: which of several fields a conflict names is up to Authing. */
function byCode(reasons: Readonly<Record<string, number>>): Record<string, number> {
  const codes: Record<string, number> = {};
  for (const [reason, count] of Object.entries(reasons)) addCounts(codes, { [codeOf(reason)]: count });
  return codes;
}

/** `column: code` → `code`. */
const codeOf = (reason: string): string => reason.slice(reason.lastIndexOf(": ") + 1).trim();

function differing(
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
): Record<string, Difference> {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return Object.fromEntries(
    names
      .map((name) => [name, { foretold: before[name] ?? 0, became: after[name] ?? 0 }] as const)
      .filter(([, { foretold, became }]) => foretold !== became),
  );
}
