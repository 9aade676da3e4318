import type { SandboxOrganization } from "./organizations.ts";

/**
 * How a batch with a bad record is applied: not at all, or its good records only. Authing does not document which, so the sandbox
 * offers both. Either way the batch is refused, with the reason of its first bad record.
 */
type BatchMode = "all-or-nothing" | "partial";

/** Behaviour of a user pool that is not documented, or that differs between pools. */
export interface PoolRules {
  readonly batchMode: BatchMode;
  /** Sends apiCodes 2026, 2034, 2035 and 2200 with duplicates, as the v2 page lists them; the v3 page has none. */
  readonly duplicateCodes: boolean;
  /** The departments of the pool. Absent: any. */
  readonly departments: readonly string[] | undefined;
  /** Organizations whose departments can be listed, and found by their codes. Absent: every code exists, and none can be listed. */
  readonly organizations: readonly SandboxOrganization[] | undefined;
  /** Keys that customData may have. Absent: any. */
  readonly customFields: readonly string[] | undefined;
  /** How long after their create people appear in look-ups, in milliseconds: Authing's may lag by some seconds. Default 0. */
  readonly lookUpLagMilliseconds?: number;
  /** What `get-user-batch` does with ids that no user has: it omits them, or refuses the call. */
  readonly unknownInLookUp: "left-out" | "refused";
}
