import { InboundError } from "#lib/contract/errors.ts";
import { text, type Encoded } from "./encode.ts";
import { at, type Read } from "./read.ts";

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
 * The id that the configuration chooses of several that a source has of a person; the first one where it says nothing.
 *
 * @param source the name of the source, for the hint.
 * @throws InboundError `misconfigured` `external-id-unknown` for a setting that names none of them.
 */
export function chosenId(
  payload: unknown,
  choices: readonly [string, ...string[]],
  setting: string | undefined,
  source: string,
): Read {
  const [usual] = choices;
  const path = setting ?? usual;
  if (choices.includes(path)) return at(payload, path);
  throw new InboundError("misconfigured", "external-id-unknown", {
    hint: `sources.${source}.externalId in inbound.config.ts is one of ${choices.join(", ")}`,
  });
}

/**
 * The id that was chosen, of a person who is to be created or changed. No other id replaces a missing one: the same person would become
 * two.
 *
 * @throws InboundError `malformed` `external-id-missing`, and as `externalId`.
 */
export function requiredId(chosen: Read): Encoded {
  const id = externalId(chosen);
  if (id.fields.externalId !== undefined) return id;
  throw new InboundError("malformed", "external-id-missing", {
    path: id.path,
    hint: "let the source send this id, or name another one as externalId in inbound.config.ts",
  });
}
