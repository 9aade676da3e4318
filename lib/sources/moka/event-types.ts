import type { EventTypes } from "#lib/payloads/interpret.ts";

/**
 * Of Moka People a type is `people.<sourceType>.<modifyType>`: 1.1 hired, 1.2 left, 1.3 changed. People who are still to be hired
 * (`people.onboarding`) are no employees yet: Moka tells of them again when they are hired.
 */
export const eventTypes: EventTypes = {
  path: "sourceType, modifyType; event",
  uninteresting: [
    // The state of a person's onboarding; the offer was declined.
    "people.onboarding.5",
    "people.onboarding.2",
    // A second post beside the first.
    "people.1.6",
    // Departments.
    "people.2.1",
    "people.2.2",
    "people.2.3",
  ],
};
