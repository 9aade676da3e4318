import { InboundError } from "#lib/contract/errors.ts";
import type { ObjectReference } from "#lib/contract/objects.ts";
import { importIdOf } from "#lib/uploads/import-id.ts";

/** What the place of an uploaded roster says about it. */
export interface RosterPlace {
  readonly source: string;
  /** Stops when it is planned: `plan/` in place of `incoming/`. */
  readonly isPlan: boolean;
  /** The id of its run: of the same version of the file always the same. */
  readonly run: string;
}

/** Whether an object is an uploaded roster. */
export const isRoster = ({ key }: Pick<ObjectReference, "key">): boolean =>
  /^(?:incoming|plan)\/roster\/.*[^/]$/s.test(key);

/**
 * `incoming/roster/<source>/<file>`, `plan/roster/<source>/<file>`.
 *
 * @throws InboundError `malformed` `folder-unknown` for a file in another folder.
 */
export function rosterPlaceOf(object: ObjectReference): RosterPlace {
  const [root, , source = "", ...file] = object.key.split("/");
  if (!isRoster(object) || source === "" || file.length !== 1) {
    throw new InboundError("malformed", "folder-unknown", {
      path: "key",
      hint: "upload to incoming/roster/<source>/<file>, or for a plan to plan/roster/<source>/<file>",
    });
  }
  return { source, isPlan: root === "plan", run: `file-${importIdOf(object).slice(-12)}` };
}
