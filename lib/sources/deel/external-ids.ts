/** What the `externalId` of the configuration may name. The first one is what it is without one. */
export const externalIds = ["id", "external_id", "worker_id"] as const;
