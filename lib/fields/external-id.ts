import { InboundError } from "#lib/contract/errors.ts";
import { text, type Encoded } from "./encode.ts";
import type { Read } from "./read.ts";

/** Authing documents no limit for `externalId`. Beyond this, an id is a mistake rather than an id. */
export const maxExternalIdLength = 255;

/**
 * The source's id of a person, as Authing knows it, in the form in which it is compared (`cleanIdentifier`).
 *
 * @throws InboundError `malformed` with the path, for an id that is there and cannot be used: `external-id-too-long`,
 *   `external-id-invalid`, `external-id-ambiguous`. Cut off or corrected by a guess, it could be another person's id; without it, the person
 *   would be taken for the one who has the same address.
 */
export function externalId(read: Read): Encoded {
  const encoded = text("externalId", read, { maxLength: maxExternalIdLength });
  if (encoded.problem === undefined) return encoded;
  throw new InboundError("malformed", encoded.problem.replace("text", "external-id"), { path: read.path });
}

/**
 * Which of a source's ids of a person is the `externalId`, where the source has several: the one that the configuration names, else the
 * first.
 *
 * @throws InboundError `misconfigured` `external-id-unknown` for a name that is not among them.
 */
export function chosenId<Name extends string>(
  { externalId: setting }: { readonly externalId?: string },
  names: readonly [Name, ...Name[]],
): Name {
  const chosen = setting === undefined ? names[0] : names.find((name) => name === setting);
  if (chosen !== undefined) return chosen;
  throw new InboundError("misconfigured", "external-id-unknown", {
    hint: `externalId of this source in inbound.config.ts is one of ${names.join(", ")}`,
  });
}

/**
 * An id that has to be there: no other id replaces a missing one, since the same person would become two.
 *
 * @throws InboundError `malformed` `external-id-missing`, and what `externalId` throws.
 */
export function requiredExternalId(read: Read, hint?: string): Encoded {
  const id = externalId(read);
  if (id.fields.externalId !== undefined) return id;
  throw new InboundError("malformed", "external-id-missing", {
    path: id.path,
    ...(hint !== undefined && { hint }),
  });
}
