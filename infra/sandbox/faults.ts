import * as z from "zod/mini";

// A script of faults: each entry is used up by one request, in order, per operation.

/** Applies the request before the bad answer is sent. Default false. */
const applied = z.optional(z.boolean());

/** One thing that can go wrong with a request whose proof held. */
export const Fault = z.discriminatedUnion("kind", [
  /** No fault: lets one request through, so that the next fault meets a later request. */
  z.strictObject({ kind: z.literal("none") }),
  /** HTTP 429, as documented for the rate limit. Whether Authing sends Retry-After is not known: only with `retryAfterSeconds`. */
  z.strictObject({
    kind: z.literal("http-429"),
    retryAfterSeconds: z.optional(z.int().check(z.minimum(0))),
  }),
  /** HTTP 200 with `statusCode` 429. */
  z.strictObject({ kind: z.literal("body-429") }),
  /** HTTP 500 with the envelope. */
  z.strictObject({ kind: z.literal("http-500"), applied }),
  /** HTTP 200 with `statusCode` 500, which Authing also answers to a malformed record. */
  z.strictObject({ kind: z.literal("body-500"), applied }),
  /** HTTP 502 with a gateway's HTML page. */
  z.strictObject({ kind: z.literal("http-502"), applied }),
  /** Success whose data is an empty list, as `create-users-batch` might answer about people that its look-up does not show yet. */
  z.strictObject({ kind: z.literal("empty-200"), applied }),
  /** HTTP 503 in plain text. */
  z.strictObject({ kind: z.literal("http-503"), applied }),
  /** HTTP 200 with an HTML page: a captive portal, a proxy's notice. */
  z.strictObject({ kind: z.literal("html-200"), applied }),
  /** The signature is refused (1300), as it is after a rotation. */
  z.strictObject({ kind: z.literal("unauthorized") }),
  /** Applies, then never answers: the connection stays open until the sandbox closes. */
  z.strictObject({ kind: z.literal("hang-after-applying") }),
  /** Applies, then resets the connection. */
  z.strictObject({ kind: z.literal("reset-after-applying") }),
  /** Resets the connection with nothing applied. */
  z.strictObject({ kind: z.literal("reset-before-applying") }),
  /** Answers success but ignores the last record of the list; a request without a list is handled as usual. */
  z.strictObject({ kind: z.literal("omits-one") }),
  /** Waits, then handles the request as usual. */
  z.strictObject({
    kind: z.literal("slow"),
    milliseconds: z.number().check(z.minimum(0), z.maximum(600_000)),
  }),
]);
export type Fault = z.infer<typeof Fault>;

/** `on` is the last part of an operation's path, e.g. `create-users-batch`, or `any`. `times`: of so many requests, default 1. */
export const ScriptedFault = z.strictObject({
  on: z.string().check(z.minLength(1)),
  fault: Fault,
  times: z.optional(z.int().check(z.minimum(1), z.maximum(1000))),
});
export type ScriptedFault = z.infer<typeof ScriptedFault>;

/** The body of `POST /__sandbox/faults`. */
export const FaultScript = z.array(ScriptedFault).check(z.maxLength(10_000));

export interface Faults {
  /** Adds faults at the end of the script. */
  add(script: readonly ScriptedFault[]): void;
  /** Removes the faults that have not happened yet. */
  clear(): void;
  /** Removes and returns the next fault for this operation: one of its own or one for `any`, the older first. */
  next(operation: string): Fault | undefined;
  /** How many faults have not happened yet. */
  readonly pending: number;
}

export function createFaults(): Faults {
  const script: ScriptedFault[] = [];
  return {
    add(more) {
      for (const { on, fault, times = 1 } of more) {
        for (let count = 0; count < times; count += 1) script.push({ on, fault });
      }
    },
    clear: () => void script.splice(0),
    next(operation) {
      const index = script.findIndex(({ on }) => on === operation || on === "any");
      return index === -1 ? undefined : script.splice(index, 1)[0]?.fault;
    },
    get pending() {
      return script.length;
    },
  };
}
