import { InboundError } from "#lib/contract/errors.ts";
import type { ObjectReference } from "#lib/contract/objects.ts";
import type { UploadKindName } from "#lib/layouts/layout.ts";

/** What the place of a file in the bucket says about it. */
export interface UploadPlace {
  readonly kind: UploadKindName;
  /** The file is only previewed. */
  readonly isPreview?: true;
  /** The source whose people the file brings. Absent: they belong to no source. */
  readonly source?: string;
}

/** For a person who has put a file into a wrong place. */
export const uploadPlaces =
  "upload to incoming/users/<file>, incoming/users/<source>/<file> or incoming/otp/<file>; for a preview to plan/ in place of incoming/";

/**
 * The kind of an uploaded file, by the folder it is in: `incoming/<kind>/…` or `plan/<kind>/…`; `undefined` for an object anywhere else, and for a folder
 * that a console shows as an object.
 */
export function kindOf({ key }: Pick<ObjectReference, "key">): UploadKindName | undefined {
  return /^(?:incoming|plan)\/(users|otp)\/(?:.*[^/])$/s.exec(key)?.[1] as UploadKindName | undefined;
}

/**
 * What the place of an uploaded file says: `incoming/users/<file>`, `incoming/users/<source>/<file>`, `incoming/otp/<file>`. TOTP
 * secrets are for accounts that exist, whichever source brought them, so their folder has no sources.
 *
 * @param sources the sources of the configuration.
 * @throws InboundError `malformed` `folder-unknown` for a file in a deeper folder; `source-unknown` for a folder of no source.
 */
export function placeOf({ key }: Pick<ObjectReference, "key">, sources: readonly string[]): UploadPlace {
  const kind = kindOf({ key });
  const [root, , source, ...file] = key.split("/");
  const isPreview = root === "plan" && { isPreview: true as const };
  if (kind === undefined || file.length > 1 || (kind === "otp" && file.length > 0)) {
    throw new InboundError("malformed", "folder-unknown", { path: "key", hint: uploadPlaces });
  }
  if (file.length === 0) return { kind, ...isPreview };
  if (source === undefined || !sources.includes(source)) {
    throw new InboundError("malformed", "source-unknown", {
      path: "key",
      hint: `incoming/users/<source>/ is for a source of inbound.config.ts (${sources.join(", ") || "it has none"}); upload to incoming/users/ where the people belong to no source`,
    });
  }
  return { kind, source, ...isPreview };
}
