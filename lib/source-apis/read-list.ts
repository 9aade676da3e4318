import { InboundError } from "#lib/contract/errors.ts";
import type { Listing, ListedPerson } from "#lib/contract/source.ts";
import type { SourceApi } from "#lib/contract/source-api.ts";

/** More pages than any source has: 200 people a page are two million people. */
const maxPages = 10_000;

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
  const cursors = new Set<string>();
  const subjects = new Set<string>();
  let isComplete = true;
  let cursor: string | undefined;
  for (;;) {
    const { people, next, total, ...read } = await page(api, cursor);
    for (const { subject } of people) subjects.add(subject);
    isComplete &&= read.isComplete;
    await take(people);
    if (next === undefined) {
      const isWhole = total === undefined || subjects.size === total;
      return { count: subjects.size, isComplete: isComplete && isWhole && subjects.size > 0 };
    }
    if (cursors.has(next) || cursors.size >= maxPages) {
      throw new InboundError("unavailable", "source-list-endless");
    }
    cursors.add(next);
    cursor = next;
  }
}
