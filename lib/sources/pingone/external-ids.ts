/** What the `externalId` of the configuration may name. The first one is what it is without one. */
export const externalIds = ["id", "externalId"] as const;
