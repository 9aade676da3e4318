import { InboundError } from "#lib/contract/errors.ts";
import type { Listing } from "#lib/contract/source.ts";
import type { SourceApi } from "#lib/contract/source-api.ts";
import { markAfter } from "./endless.ts";
import type { RosterWork } from "./roster-ports.ts";
import type { PersonLine, RosterState } from "./roster-state.ts";
import { hashesOf } from "./subject-index.ts";
import { added } from "./tally.ts";

/** People and bytes of one part: an invocation holds a part in memory. */
const partSize = { people: 2_000, bytes: 4 * 1024 * 1024 } as const;

/** Reads pages of the list until a part is full, the list or the time ends. */
export async function readStep(state: RosterState, work: RosterWork): Promise<RosterState> {
  const { clock, deadline, files } = work;
  const { list, api } = await openList(state.source, work);
  const lines: PersonLine[] = [];
  let { reading } = state;
  let bytes = 0;
  for (;;) {
    // Before the page is asked for: what a webhook tells from now on is newer.
    const at = new Date(clock.now()).toISOString();
    const { people, next, isComplete, total } = await list.page(api, reading.cursor);
    for (const person of people) {
      const line = { at, ...person };
      bytes += JSON.stringify(line).length;
      lines.push(line);
    }
    const pages = reading.pages + 1;
    reading = {
      pages,
      isComplete: reading.isComplete && isComplete,
      // The last page is the nearest in time to what was read.
      ...(total !== undefined && { total }),
      ...(next !== undefined && { cursor: next, mark: markAfter(reading.mark, next, pages) }),
    };
    const isFull = lines.length >= partSize.people || bytes >= partSize.bytes || clock.now() >= deadline;
    if (next === undefined || isFull) break;
  }
  await files.write("read", state.parts.read, lines);
  await files.writeHashes(
    "ids",
    state.parts.read,
    hashesOf(
      state.run,
      lines.map(({ subject }) => subject),
    ),
  );
  return {
    ...state,
    reading,
    parts: { ...state.parts, read: state.parts.read + 1 },
    counts: added(state.counts, { entries: lines.length }),
    ...(reading.cursor === undefined && { phase: "compare", place: { part: 0, line: 0 } }),
  };
}

/**
 * Why nothing is concluded from a list that was read to its end; `undefined` for one that can be believed.
 *
 * @param size how many people are in it, each counted once.
 */
export function whyIncomplete(
  { reading }: RosterState,
  size: number,
): "roster-empty" | "roster-incomplete" | "roster-total-differs" | undefined {
  if (size === 0) return "roster-empty";
  if (!reading.isComplete) return "roster-incomplete";
  return reading.total !== undefined && reading.total !== size ? "roster-total-differs" : undefined;
}

/** The list of a source and its API, whose requests are counted. */
export async function openList(
  name: string,
  {
    source,
    secrets,
    openApi,
    deadline,
    requests,
  }: Pick<RosterWork, "source" | "secrets" | "openApi" | "deadline" | "requests">,
): Promise<{ list: Listing<unknown>; api: SourceApi<unknown> }> {
  const { list, secret: shape } = source(name) ?? {};
  if (!list || !shape) throw new InboundError("misconfigured", "source-without-list");
  const [secret] = await secrets.read(`sources/${name}`, shape);
  const api = openApi(list, secret, deadline);
  return {
    list,
    api: {
      ...api,
      request(request) {
        requests.source += 1;
        return api.request(request);
      },
    },
  };
}
