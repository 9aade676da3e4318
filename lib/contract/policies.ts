import * as z from "zod/mini";

// What a configuration decides about people, for each source or for all.

/** What happens to the closed account of a person when the source that reported the departure reports the same person as a joiner. */
export const RehirePolicy = z.enum(["reactivate", "reject"]);
export type RehirePolicy = z.infer<typeof RehirePolicy>;

/** What becomes of the account of a person who leaves. */
export const LeavePolicy = z.enum(["resign", "suspend", "deactivate", "delete"]);
export type LeavePolicy = z.infer<typeof LeavePolicy>;

/** What becomes of a person of a source who is no longer in its `scope`. */
export const OutOfScopePolicy = z.enum(["keep", "leave"]);
export type OutOfScopePolicy = z.infer<typeof OutOfScopePolicy>;

/** What becomes of password hashes that a source sends of a joiner: dropped, or kept as they are, for a password script at Authing. */
export const PasswordHashPolicy = z.enum(["drop", "keep"]);
export type PasswordHashPolicy = z.infer<typeof PasswordHashPolicy>;

/** How the TOTP secret of a joiner goes to Authing. */
export const OtpPolicy = z.enum(["import", "inline"]);
export type OtpPolicy = z.infer<typeof OtpPolicy>;

/**
 * Which people a source may change, close and open: only those that it brought itself (`own`), or also those that others
 * brought (`shared`: the source's ids are the company's ids).
 */
export const PeoplePolicy = z.enum(["own", "shared"]);
export type PeoplePolicy = z.infer<typeof PeoplePolicy>;

/** When a source counts as silent: for longer than is usual for it (learnt), never, or after this many hours. */
export type SilencePolicy = "learnt" | "never" | number;

/** Four weeks: no longer silence can be told from what is learnt. */
export const maxSilenceHours = 672;

export const isSilencePolicy = (value: unknown): boolean =>
  value === "learnt" ||
  value === "never" ||
  (typeof value === "number" && value >= 1 && value <= maxSilenceHours);

export const silencePolicyRule = `must be "learnt", "never" or a number of hours from 1 to ${maxSilenceHours}`;

/** What a row of a file does to an account that exists: nothing, or its cells that are not empty change it. */
export const ExistingPolicy = z.enum(["keep", "update"]);
export type ExistingPolicy = z.infer<typeof ExistingPolicy>;
