import { isAbout, refusalMessage, toldRefusal, type Refusals } from "#lib/contract/refusals.ts";
import { logGroupOf, newestLines } from "./log-lines.ts";

/** An hour, the five before it, and all others. */
const windowMinutes = [60, 300, Infinity];

/** Refused deliveries, as the logs of the webhook functions, and of the one that answers every other path, tell of them. */
export function loggedRefusals(names: {
  readonly service: string;
  readonly stage: string;
  readonly sources: readonly string[];
}): Refusals {
  return {
    async list({ source, ...asked }) {
      const sources = names.sources.filter((name) => source === undefined || source === name);
      const groups = [...sources.map((name) => `webhooks-${name}`), "unclaimed-refuse"];
      const { told, isComplete } = await newestLines(
        {
          ...asked,
          groups: groups.map((name) => logGroupOf(names, name)),
          pattern: `"${refusalMessage}"`,
          windowMinutes,
        },
        (said, at) => {
          const refusal = said["message"] === refusalMessage ? toldRefusal(said, at) : undefined;
          return refusal && isAbout(refusal, source) ? refusal : undefined;
        },
      );
      return { refusals: told, isComplete };
    },
  };
}
