import { InboundError } from "#lib/contract/errors.ts";

/** Authing documents no limit for `externalId`. Beyond this, an id is a mistake rather than an id. */
export const maxExternalIdLength = 255;

/**
 * Refuses ids that are too long: cut off, they would be somebody else's.
 *
 * @throws InboundError `malformed` `external-id-too-long` with the path.
 */
export function refuseLongIds(path: string, ...ids: readonly (string | undefined)[]): void {
  if (ids.some((id = "") => id.length > maxExternalIdLength)) {
    throw new InboundError("malformed", "external-id-too-long", { path });
  }
}
