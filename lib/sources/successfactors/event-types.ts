import type { EventTypes } from "#lib/payloads/interpret.ts";

/** Events of Intelligent Services that change no account, if an integration sends them, too. */
export const eventTypes: EventTypes = {
  path: "event",
  uninteresting: [
    "change-in-compensation",
    "change-in-cost-center",
    "change-in-pay-grade",
    "leave-of-absence",
    "pending-leave-of-absence",
    "return-from-leave-of-absence",
  ],
};
