import * as z from "zod/mini";

// What a configuration decides about people, for each source or for all.

/** What happens to the closed account of a person when the source that reported the departure reports the same person as a joiner. */
export const RehirePolicy = z.enum(["reactivate", "reject"]);
export type RehirePolicy = z.infer<typeof RehirePolicy>;

/** What becomes of the account of a person who leaves. */
export const LeavePolicy = z.enum(["resign", "suspend", "deactivate", "delete"]);
export type LeavePolicy = z.infer<typeof LeavePolicy>;

/** How the TOTP secret of a joiner goes to Authing. */
export const OtpPolicy = z.enum(["import", "inline"]);
export type OtpPolicy = z.infer<typeof OtpPolicy>;

/**
 * Which people a source may change, close and open: only those that it brought itself (`own`), or also those that others
 * brought (`shared`: the source's ids are the company's ids).
 */
export const PeoplePolicy = z.enum(["own", "shared"]);
export type PeoplePolicy = z.infer<typeof PeoplePolicy>;
