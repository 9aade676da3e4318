import { setTimeout as wait } from "node:timers/promises";
import { InboundError } from "#lib/contract/errors.ts";
import type { Log } from "#lib/contract/log.ts";

/** A step of an import; `later`: it has to be tried again. */
type Step = () => Promise<"done" | "later">;

export interface ImportWork {
  add(step: Step): void;
  /**
   * Works until no step is left, or until it is told to stop.
   *
   * @throws InboundError `misconfigured` where every next step would fail as well: credentials, a used-up plan, a custom field that the pool lacks.
   */
  settle(): Promise<void>;
  /** The log of the steps, from which it learns why one of them is tried again. */
  readonly log: Log;
}

const stepsAtOnce = 3;
const firstPauseMilliseconds = 500;
const longestPauseMilliseconds = 20_000;

/**
 * The queues of an import in one process, in memory: what is left is found anew in the ledger when the import goes on.
 *
 * @param stop aborted when the process is to end.
 * @param stuck told why a step is tried again.
 */
export function importWork(
  { stop, log }: { readonly stop: AbortSignal; readonly log: Log },
  stuck: (reason: string) => void,
): ImportWork {
  const waiting: { readonly step: Step; readonly tries: number }[] = [];
  const running = new Set<Promise<void>>();
  let failure: unknown;
  const failed = new AbortController();
  const ended = AbortSignal.any([stop, failed.signal]);
  const fail = (error: unknown): void => {
    failure ??= error;
    failed.abort();
  };

  async function run(step: Step, tries: number): Promise<void> {
    if ((await step()) === "done" || ended.aborted) return;
    const pause = Math.min(longestPauseMilliseconds, firstPauseMilliseconds * 2 ** Math.min(tries, 10));
    await wait(pause, undefined, { signal: ended }).catch(() => {});
    waiting.push({ step, tries: tries + 1 });
  }

  return {
    add(step) {
      waiting.push({ step, tries: 0 });
    },
    async settle() {
      while (!ended.aborted) {
        while (waiting.length > 0 && running.size < stepsAtOnce) {
          const { step, tries } = waiting.shift() as (typeof waiting)[number];
          const task = run(step, tries)
            .catch(fail)
            .finally(() => running.delete(task));
          running.add(task);
        }
        if (running.size === 0) break;
        await Promise.race(running);
      }
      await Promise.all(running);
      waiting.length = 0;
      if (failure !== undefined) throw failure;
    },
    log: {
      info: (...line) => log.info(...line),
      error: (...line) => log.error(...line),
      warn(message, fields = {}, ...more) {
        log.warn(message, fields, ...more);
        const { code, reason } = fields;
        if (code === undefined || typeof reason !== "string" || reason === "time-is-up") return;
        // Whatever is tried again would end the same way.
        if (code === "misconfigured") fail(new InboundError("misconfigured", reason));
        else stuck(reason);
      },
    },
  };
}
