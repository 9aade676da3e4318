import * as z from "zod/mini";
import { parkedKinds } from "#lib/contract/parked.ts";
import { conditions } from "./selection.ts";

// What an operator may ask for. An operation that changes something says whether it is a preview, and which messages it is about: by
// id, person, reason or source. Without either it is refused, because nothing that is forgotten may make it larger.

const mode = z.enum(["preview", "apply"]);
const pageRows = z._default(z.number().check(z.int(), z.minimum(1), z.maximum(500)), 100);

const isNarrow = z.refine<{ [name in "id" | "person" | "reason" | "source"]?: string | undefined }>(
  ({ id, person, reason, source }) => [id, person, reason, source].some((each) => each !== undefined),
  "names no id, person, reason or source",
);
const some = {
  ...conditions,
  mode,
  limit: pageRows,
  /** Ends after so many messages: as many as the operator was shown, whatever has been parked since. */
  most: z.optional(z.number().check(z.int(), z.minimum(1))),
};

/** Parked messages, oldest first. With `totals` also how many there are of each kind, source and reason. */
export const ListRequest = z.strictObject({
  operation: z.literal("list"),
  ...conditions,
  limit: pageRows,
  totals: z._default(z.boolean(), false),
});
export type ListRequest = z.infer<typeof ListRequest>;

/** One parked message and what the ledger knows of its event; with `payload` the message itself, with the person in it. */
export const ShowRequest = z.strictObject({
  operation: z.literal("show"),
  id: z.string().check(z.minLength(1), z.maxLength(1000)),
  payload: z._default(z.boolean(), false),
});
export type ShowRequest = z.infer<typeof ShowRequest>;

/** Reads, translates and delivers dead and rejected messages with today's code. */
const RedriveRequest = z
  .strictObject({
    operation: z.literal("redrive"),
    ...some,
    kinds: z._default(z.array(z.enum(["dead", "rejected"])).check(z.minLength(1)), ["dead", "rejected"]),
  })
  .check(isNarrow);

/** Lets held messages go on. `as: "same"`: the account that holds the person's identifier is this person's. */
const ReleaseRequest = z
  .strictObject({
    operation: z.literal("release"),
    ...some,
    kinds: z._default(z.array(z.literal("held")), ["held"]),
    as: z.optional(z.literal("same")),
  })
  .check(isNarrow);

/** Gives messages up: nothing happens to any account. */
const DiscardRequest = z
  .strictObject({
    operation: z.literal("discard"),
    ...some,
    kinds: z.array(z.enum(parkedKinds)).check(z.minLength(1)),
  })
  .check(isNarrow);

export const ChangeRequest = z.discriminatedUnion("operation", [
  RedriveRequest,
  ReleaseRequest,
  DiscardRequest,
]);
export type ChangeRequest = z.infer<typeof ChangeRequest>;

/** Stores the events of a source without applying them, or applies them again. A preview says what is stored. */
export const PauseRequest = z.discriminatedUnion("operation", [
  z.strictObject({ operation: z.literal("pause"), source: z.string() }),
  z.strictObject({ operation: z.literal("resume"), source: z.string() }),
]);
export type PauseRequest = z.infer<typeof PauseRequest>;
