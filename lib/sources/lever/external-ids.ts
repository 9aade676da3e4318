/** What the `externalId` of the configuration may name, of the opportunity. The contact is the person, who may have several. */
export const externalIds = ["contact", "id"] as const;
