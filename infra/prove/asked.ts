import type { ParkedKind } from "#lib/contract/parked.ts";
import { listParked } from "#lib/operations/list.ts";
import { operate } from "#lib/operations/operate.ts";
import { pauseOrResume } from "#lib/operations/pause.ts";
import type { ParkedRow } from "#lib/operations/parked-row.ts";
import type { ApplyPorts } from "#lib/pipeline/applying.ts";

/** What an operator asks for in a test: all pages of it, and applied unless it says `preview`. */
export interface Asked {
  readonly operation: "list" | "redrive" | "release" | "discard" | "pause" | "resume";
  readonly kind?: ParkedKind;
  readonly source?: string;
  readonly id?: string;
  readonly person?: string;
  readonly reason?: string;
  readonly mode?: "preview" | "apply";
  readonly as?: "same";
  readonly most?: number;
}

const kindOf = { list: "dead", redrive: "dead", release: "held", discard: "held" } as const;

/** Carries out what was asked, as the function does for the command. */
export async function carryOutAsked(
  { operation, kind, mode = "apply", as, most, ...scope }: Asked,
  ports: ApplyPorts,
  run: { owner: string; deadline: number },
): Promise<readonly ParkedRow[]> {
  if (operation === "pause" || operation === "resume") {
    await pauseOrResume({ operation, source: scope.source ?? "" }, ports);
    return [];
  }
  const kinds = [kind ?? kindOf[operation]];
  if (operation === "list") {
    const request = { operation, kinds, ...scope, limit: 500, totals: false } as const;
    return (await listParked(request, { ...ports, sources: [] })).rows;
  }
  const request = { operation, kinds, ...scope, mode, limit: 500, ...(as && { as }), ...(most && { most }) };
  return (await operate(request as Parameters<typeof operate>[0], ports, run)).rows;
}
