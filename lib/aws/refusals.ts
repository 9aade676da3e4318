import {
  isAbout,
  refusalMessage,
  toldRefusal,
  type Refusals,
  type ToldRefusal,
} from "#lib/contract/refusals.ts";
import { reached } from "./failure.ts";
import { inParallel } from "./parallel.ts";

const hourMilliseconds = 3600 * 1000;
/** CloudWatch reads the oldest line first, an operator the newest. So the newest window is read first, and each before it is longer. */
const windowHours = [1, 5, Infinity];
/** Pages of one log group in one window. CloudWatch looks through about 1 MB for each. */
const maxPages = 20;
/** CloudWatch allows some 10 calls a second to an account. */
const groupsAtOnce = 3;

/** Refused deliveries, as the logs of the webhook functions, and of the one that answers every other path, tell of them. */
export function loggedRefusals(names: {
  readonly service: string;
  readonly stage: string;
  readonly sources: readonly string[];
}): Refusals {
  const groupOf = (functionName: string) => `/aws/lambda/${names.service}-${names.stage}-${functionName}`;
  return {
    async list({ since, limit, source, deadline }) {
      const asked = names.sources.filter((name) => source === undefined || source === name);
      const groups = [...asked.map((name) => `webhooks-${name}`), "unclaimed-refuse"].map(groupOf);
      let refusals: ToldRefusal[] = [];
      let isComplete = true;
      let isCut = false;
      let to = Date.now();
      for (const hours of windowHours) {
        const from = Math.max(since, to - hours * hourMilliseconds);
        await inParallel(groups, groupsAtOnce, async (group) => {
          isComplete = (await readWindow(group, from, to)) && isComplete;
        });
        to = from - 1;
        if (to < since) break;
        if (refusals.length >= limit) isComplete = false;
        if (!isComplete) break;
      }
      const sorted = refusals.toSorted(newestFirst);
      return { refusals: sorted.slice(0, limit), isComplete: isComplete && !isCut && sorted.length <= limit };

      /** A flood of forged deliveries fills 20 pages of each log: no more of it is held than can be answered. */
      function dropOlder(): void {
        if (refusals.length <= 2 * limit) return;
        refusals = refusals.toSorted(newestFirst).slice(0, limit);
        isCut = true;
      }

      async function readWindow(group: string, from: number, to: number): Promise<boolean> {
        const { logPage } = await import("./cloudwatch-logs.ts");
        const asked = { group, pattern: `"${refusalMessage}"`, from, to };
        let next: string | undefined;
        for (let page = 0; page < maxPages && Date.now() < deadline; page += 1) {
          const read = await reached(logPage({ ...asked, next }), "log-unreadable");
          for (const { at, text } of read.lines) {
            const refusal = refusalIn(text, at);
            if (refusal && isAbout(refusal, source)) refusals.push(refusal);
          }
          dropOlder();
          next = read.next;
          if (next === undefined) return true;
        }
        return false;
      }
    },
  };
}

const newestFirst = (one: ToldRefusal, other: ToldRefusal) => (one.at < other.at ? 1 : -1);

/** The refusal in a line as Lambda writes it with log format JSON. */
function refusalIn(text: string, at: number): ToldRefusal | undefined {
  try {
    const { message } = JSON.parse(text) as { message?: { message?: unknown } };
    return message?.message === refusalMessage ? toldRefusal(message, at) : undefined;
  } catch {
    return undefined;
  }
}
