import { hash } from "node:crypto";
import { InboundError } from "#lib/contract/errors.ts";
import type { ListedDepartment } from "#lib/contract/departments.ts";
import type { Listing } from "#lib/contract/source.ts";
import type { SourceApi } from "#lib/contract/source-api.ts";

/** More pages than any source has: 100,000 departments with people of their own. */
const maxPages = 100_000;

/**
 * Reads pages from the first one to the last one.
 *
 * @param page the page at a cursor; `next` is the cursor of the page after it, absent on the last one.
 * @param take is handed each page, and awaited before the next one is asked for.
 * @throws InboundError the failures of the source; `unavailable` `source-list-endless` where cursors repeat, or there are too
 *   many pages.
 */
export async function readPages<Page extends { readonly next?: string }>(
  page: (cursor: string | undefined) => Promise<Page>,
  take: (page: Page) => Promise<void> | void,
): Promise<void> {
  // Of a cursor only the digest is kept: it may be long.
  const seen = new Set<string>();
  let cursor: string | undefined;
  for (;;) {
    const read = await page(cursor);
    await take(read);
    cursor = read.next;
    if (cursor === undefined) return;
    const digest = hash("sha256", cursor, "base64");
    if (seen.has(digest) || seen.size >= maxPages) {
      throw new InboundError("unavailable", "source-list-endless");
    }
    seen.add(digest);
  }
}

/** Most departments that are read of a source: no vendor allows a company as many. */
const maxDepartments = 100_000;

/**
 * All departments of a source, each once. `undefined` where the source's API has none.
 *
 * @throws InboundError the failures of the source, and those of `readPages`.
 */
export async function readDepartments<Secret>(
  { departments }: Pick<Listing<Secret>, "departments">,
  api: SourceApi<Secret>,
): Promise<readonly ListedDepartment[] | undefined> {
  if (!departments) return undefined;
  const byId = new Map<string, ListedDepartment>();
  await readPages(
    (cursor) => departments(api, cursor),
    (page) => {
      for (const department of page.departments) byId.set(department.id, department);
      if (byId.size > maxDepartments) throw new InboundError("unavailable", "source-list-endless");
    },
  );
  return [...byId.values()];
}
