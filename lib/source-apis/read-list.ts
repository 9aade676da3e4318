import type { Listing, ListedPerson } from "#lib/contract/source.ts";
import type { SourceApi } from "#lib/contract/source-api.ts";
import { readPages } from "./read-pages.ts";

/** What was read of a list. */
export interface ReadList {
  /** People, each counted once. */
  readonly count: number;
  /**
   * Whether a person who is not in it may be asked about: every page was complete, there were as many people as the source
   * says, and there was at least one. An empty list comes from a key that may see no person.
   */
  readonly isComplete: boolean;
}

/**
 * Reads a list from its first page to its last.
 *
 * @param take is handed the people of each page, and awaited before the next page is asked for.
 * @throws InboundError the failures of the source; `unavailable` `source-list-endless` for a list whose cursors repeat, or
 *   that has too many pages.
 */
export async function readList<Secret>(
  { page }: Pick<Listing<Secret>, "page">,
  api: SourceApi<Secret>,
  take: (people: readonly ListedPerson[]) => Promise<void> | void,
): Promise<ReadList> {
  const subjects = new Set<string>();
  let areComplete = true;
  let total: number | undefined;
  await readPages(
    (cursor) => page(api, cursor),
    async (read) => {
      for (const { subject } of read.people) subjects.add(subject);
      areComplete &&= read.isComplete;
      // The last page is the nearest in time to what was read.
      total = read.total;
      await take(read.people);
    },
  );
  const isWhole = total === undefined || subjects.size === total;
  return { count: subjects.size, isComplete: areComplete && isWhole && subjects.size > 0 };
}
