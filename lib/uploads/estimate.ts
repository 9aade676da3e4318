import { maxUsersPerCreate, maxUsersPerLookUp } from "#lib/authing/limits.ts";
import type { RowCounts } from "./row-results.ts";

/** What carrying a preview out takes. */
export interface Estimate {
  readonly requests: number;
  readonly seconds: number;
}

/**
 * The fewest requests that an import with these counts needs, and how long they take at the most requests per second that the
 * configuration allows: people are created and looked up 50 at a call, and each secret is asked about once after its import.
 */
export function estimateOf({ people, secrets }: RowCounts, requestsPerSecond: number): Estimate {
  const creates = Math.ceil(people.accepted / maxUsersPerCreate);
  const lookUps = Math.ceil((people.alreadyDone + people.rejected) / maxUsersPerLookUp);
  const imports = Math.ceil(secrets.accepted / maxUsersPerCreate) + secrets.accepted;
  const requests = creates + lookUps + imports;
  return { requests, seconds: Math.ceil(requests / requestsPerSecond) };
}
