import * as z from "zod/mini";
import { readStored } from "#lib/uploads/stored-objects.ts";
import type { LastRoster } from "./report.ts";
import type { RosterOperationPorts } from "./operations.ts";
import { lastKey } from "./roster-store.ts";

/** When the roster of each source was compared last: `{"operation": "last-rosters"}`. */
export const LastRostersRequest = z.strictObject({ operation: z.literal("last-rosters") });

export interface LastRosters {
  /** Of the sources that were ever compared; `at` in ISO 8601, UTC. */
  readonly rosters: readonly {
    readonly source: string;
    readonly run: string;
    readonly at: string;
    readonly people: number;
  }[];
}

export async function lastRosters({
  sources,
  objects,
  bucket,
}: Pick<RosterOperationPorts, "objects" | "bucket"> & {
  readonly sources: readonly string[];
}): Promise<LastRosters> {
  const rosters: LastRosters["rosters"][number][] = [];
  for (const source of sources) {
    const bytes = await readStored(objects, bucket, lastKey(source));
    if (!bytes) continue;
    const { run, at, people } = JSON.parse(bytes.toString()) as LastRoster;
    rosters.push({ source, run, at, people });
  }
  return { rosters };
}
