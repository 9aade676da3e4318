/** What the `externalId` of the configuration may name. The first one is what it is without one. */
export const externalIds = ["open_id", "user_id", "union_id", "employee_no"] as const;
