import { reached } from "./failure.ts";
import { inParallel } from "#lib/parallel.ts";

/** Pages of one log group in one window. CloudWatch looks through about 1 MB for each. */
const maxPages = 20;
/** CloudWatch allows some 10 calls a second to an account. */
const groupsAtOnce = 3;

/** The log group of a function of a stage. */
export const logGroupOf = (
  { service, stage }: { readonly service: string; readonly stage: string },
  functionName: string,
): string => `/aws/lambda/${service}-${stage}-${functionName}`;

/** Matches the lines of `log.ts` with one of these texts. */
export const messagePattern = (...messages: readonly string[]): string =>
  `{ ${messages.map((message) => `($.message.message = "${message}")`).join(" || ")} }`;

/** What our log said in a line as Lambda writes it with log format JSON; `undefined` for any other line. */
export function saidIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const { message } = JSON.parse(text) as { readonly message?: unknown };
    return typeof message === "object" && message !== null ? { ...message } : undefined;
  } catch {
    return undefined;
  }
}

export interface AskedNewest {
  readonly groups: readonly string[];
  /** A filter pattern of CloudWatch. */
  readonly pattern: string;
  /**
   * CloudWatch reads the oldest line first, an operator the newest. So the newest window is read first, and each before it is longer: how
   * long each is; the last is infinite.
   */
  readonly windowMinutes: readonly number[];
  /** From when on, in milliseconds since 1970. */
  readonly since: number;
  /** At most so many. */
  readonly limit: number;
  /** When reading has to stop, in milliseconds since 1970. */
  readonly deadline: number;
}

/**
 * What the newest lines of some logs tell, the newest first. `isComplete` is false where some were not read: by the limit, the deadline,
 * or the size of the log. Throws `unavailable` or `misconfigured` `log-unreadable`.
 *
 * @param toldBy What a line tells, given what our log said in it and when; `undefined` where it is not meant.
 */
export async function newestLines<Told extends { readonly at: string }>(
  { groups, pattern, windowMinutes, since, limit, deadline }: AskedNewest,
  toldBy: (said: Readonly<Record<string, unknown>>, at: number) => Told | undefined,
): Promise<{ readonly told: Told[]; readonly isComplete: boolean }> {
  let told: Told[] = [];
  let isComplete = true;
  let isCut = false;
  let to = Date.now();
  for (const minutes of windowMinutes) {
    const from = Math.max(since, to - minutes * 60_000);
    await inParallel(groups, groupsAtOnce, async (group) => {
      isComplete = (await readWindow(group, from, to)) && isComplete;
    });
    to = from - 1;
    if (to < since) break;
    if (told.length >= limit) isComplete = false;
    if (!isComplete) break;
  }
  const sorted = told.toSorted(newestFirst);
  return { told: sorted.slice(0, limit), isComplete: isComplete && !isCut && sorted.length <= limit };

  /** A flood of lines fills 20 pages of each log: no more of it is held than can be answered. */
  function dropOlder(): void {
    if (told.length <= 2 * limit) return;
    told = told.toSorted(newestFirst).slice(0, limit);
    isCut = true;
  }

  async function readWindow(group: string, from: number, to: number): Promise<boolean> {
    const { logPage } = await import("./cloudwatch-logs.ts");
    const asked = { group, pattern, from, to };
    let next: string | undefined;
    for (let page = 0; page < maxPages && Date.now() < deadline; page += 1) {
      const read = await reached(logPage({ ...asked, next }), "log-unreadable");
      for (const { at, text } of read.lines) {
        const said = saidIn(text);
        const one = said && toldBy(said, at);
        if (one) told.push(one);
      }
      dropOlder();
      next = read.next;
      if (next === undefined) return true;
    }
    return false;
  }
}

const newestFirst = (one: { readonly at: string }, other: { readonly at: string }) =>
  one.at < other.at ? 1 : one.at > other.at ? -1 : 0;
