import type { Log } from "#lib/contract/log.ts";
import {
  isAbout,
  refusalMessage,
  toldRefusal,
  type Refusals,
  type ToldRefusal,
} from "#lib/contract/refusals.ts";

/** How many refused deliveries a laptop remembers: the newest. */
const maxKept = 1000;

/** The log of a laptop, and the refused deliveries that it has told of: they come from its lines, as they do on AWS. */
export function rememberRefusals(log: Log): { readonly log: Log; readonly refusals: Refusals } {
  const kept: ToldRefusal[] = [];
  return {
    log: {
      ...log,
      warn(message, fields, metrics) {
        const refusal = message === refusalMessage ? toldRefusal(fields, Date.now()) : undefined;
        if (refusal) kept.unshift(refusal);
        kept.length = Math.min(kept.length, maxKept);
        log.warn(message, fields, metrics);
      },
    },
    refusals: {
      async list({ since, limit, source }) {
        const found = kept.filter((each) => Date.parse(each.at) >= since && isAbout(each, source));
        return {
          refusals: found.slice(0, limit),
          isComplete: found.length <= limit && kept.length < maxKept,
        };
      },
    },
  };
}
