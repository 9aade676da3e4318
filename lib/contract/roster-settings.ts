import * as z from "zod/mini";

/** A time of the day, e.g. `02:30`. */
export const isTimeOfDay = (at: unknown): at is string =>
  typeof at === "string" && /^([01]\d|2[0-3]):[0-5]\d$/.test(at);

export const isTimeZone = (name: unknown): name is string => {
  if (typeof name !== "string") return false;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
};

/** How the whole list of a source is compared with what was told. */
export const RosterSettings = z.strictObject({
  /** When it is compared each day, e.g. `"02:30"`. Absent: only when an operator asks for it, or a file is uploaded. */
  at: z.exactOptional(z.custom<string>(isTimeOfDay, 'must be a time of the day such as "02:30"')),
  /** The clocks of `at`: a place, e.g. `Europe/Berlin`. Default: the company's time zone. */
  timeZone: z.exactOptional(
    z.custom<string>(
      (name) => isTimeZone(name) && !/^[+-]/.test(name as string),
      "must be a time zone such as Europe/Berlin or Asia/Shanghai",
    ),
  ),
  /**
   * How many departures of one run are taken without a question: `atMost`, or this share of the people of the source if that is more. Above it
   * all departures of the run are held until an operator has looked.
   */
  departures: z.prefault(
    z.strictObject({
      atMost: z._default(z.number().check(z.int(), z.minimum(0)), 10),
      share: z._default(z.number().check(z.minimum(0), z.maximum(1)), 0.05),
    }),
    {},
  ),
});
