import type { Log } from "#lib/contract/log.ts";
import {
  isAbout,
  refusalMessage,
  toldRefusal,
  type Refusals,
  type ToldRefusal,
} from "#lib/contract/refusals.ts";
import type { Database } from "./sqlite.ts";

/** How many refused deliveries are remembered, the newest: what strangers send must not fill the disk. */
const maxKept = 1000;

/**
 * A log that remembers the refused deliveries that it tells of: they are read from its lines, as on AWS. A refusal that cannot be
 * remembered is still answered and logged.
 */
export function rememberRefusals(
  log: Log,
  database: Database,
): { readonly log: Log; readonly refusals: Refusals } {
  const keep = (refusal: ToldRefusal): void =>
    database.atomic(() => {
      const { lastId } = database.run(
        "INSERT INTO refusals (at, refusal) VALUES (?, ?)",
        Date.parse(refusal.at),
        JSON.stringify(refusal),
      );
      database.run("DELETE FROM refusals WHERE id <= ?", lastId - maxKept);
    });
  return {
    log: {
      ...log,
      warn(message, fields, metrics) {
        log.warn(message, fields, metrics);
        const refusal = message === refusalMessage ? toldRefusal(fields, Date.now()) : undefined;
        if (!refusal) return;
        try {
          keep(refusal);
        } catch {
          log.warn("refused delivery not remembered", { reason: "store-unreachable" });
        }
      },
    },
    refusals: {
      async list({ since, limit, source }) {
        const rows = database.all<{ at: number; refusal: string }>(
          "SELECT at, refusal FROM refusals ORDER BY id DESC",
        );
        const found = rows
          .filter(({ at }) => at >= since)
          .map(({ refusal }) => JSON.parse(refusal) as ToldRefusal)
          .filter((each) => isAbout(each, source));
        return {
          refusals: found.slice(0, limit),
          isComplete: found.length <= limit && rows.length < maxKept,
        };
      },
    },
  };
}
