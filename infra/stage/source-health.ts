import { InboundError } from "#lib/contract/errors.ts";
import type { Clock } from "#lib/contract/clock.ts";
import type { Source } from "#lib/contract/source.ts";
import { sourceApis } from "#lib/source-apis/source-api.ts";
import type { LastRosters } from "#lib/rosters/last-rosters.ts";
import { attention, fine, wrong, type Finding } from "./finding.ts";

// Whether a source still speaks: its webhook at the vendor, its last delivery, its last comparison.

/** How long the API of a source may take, with all its retries. */
const answerSeconds = 20;
/** A source that can be compared, and has not been for so long, deserves a look. */
const comparedWithinDays = 8;
const dayMilliseconds = 86_400_000;

/** Whether the vendor says that its webhook to `url` is on. No finding for a source whose API does not say it. */
export async function checkHook(
  definition: Source,
  secret: unknown,
  url: string,
  clock: Clock,
): Promise<Finding[]> {
  const { name, title, fetch: asks } = definition as unknown as Source<unknown>;
  if (!asks?.isHookOn || secret === undefined) return [];
  const what = `hook of ${name}`;
  try {
    const api = sourceApis(clock)(asks, secret, clock.now() + answerSeconds * 1000);
    const isOn = await asks.isHookOn(api, url);
    if (isOn === undefined) return [];
    return isOn
      ? [fine(`${what}: ${title} says that it is on`)]
      : [
          wrong(
            `${what}: ${title} has none to ${url} that is on`,
            `switch it on there, as the README of ${name} says; npm run reconcile -- ${name} brings what was missed`,
          ),
        ];
  } catch (error) {
    if (!(error instanceof InboundError)) throw error;
    return [attention(`${what}: ${title} was not asked (${error.reason})`, error.hint ?? "run this again")];
  }
}

/** When each source delivered last. `withinDays`: how far back was looked. */
export function heard(
  sources: readonly string[],
  last: ReadonlyMap<string, number>,
  { now, withinDays }: { readonly now: number; readonly withinDays: number },
): Finding[] {
  return sources.map((name) => {
    const at = last.get(name);
    return at === undefined
      ? attention(
          `deliveries of ${name}: none within ${withinDays} days`,
          `change a person there; npm run refused -- ${name} shows what was turned away`,
        )
      : fine(`deliveries of ${name}: the last one ${ago(now - at)} ago`);
  });
}

/** When each source that lists its people was compared last. `there`: the options that name the stage. */
export function compared(
  sources: ReadonlyMap<string, Pick<Source, "list">>,
  { rosters = [] }: Partial<LastRosters>,
  { now, there }: { readonly now: number; readonly there: string },
): Finding[] {
  const last = new Map(rosters.map(({ source, at }) => [source, Date.parse(at)]));
  return [...sources].flatMap(([name, { list }]) => {
    const at = last.get(name);
    if (!list && at === undefined) return [];
    const next = `npm run reconcile -- ${name} --plan ${there}`.trimEnd();
    if (at === undefined) return [attention(`roster of ${name}: was never compared`, next)];
    const what = `roster of ${name}: compared ${ago(now - at)} ago`;
    return [now - at > comparedWithinDays * dayMilliseconds ? attention(what, next) : fine(what)];
  });
}

function ago(milliseconds: number): string {
  const hours = Math.max(0, milliseconds) / 3_600_000;
  if (hours < 1) return "less than an hour";
  return hours < 48 ? `${Math.round(hours)} h` : `${Math.round(hours / 24)} days`;
}
